import { instantNow } from '../../demonstration.ts'
import { bashStep, window } from '../../sample-orders.ts'
import type { Submission } from '@chaperone/contract'
import { decidingBlob, type DoneOrder, type Story } from '../story.ts'
import { signAndKeep, type KeptApproval } from '../participant.ts'

/** What a refusal is shown with: the story, and the order that was done in it. */
export interface Scene extends Story {
  readonly done: DoneOrder
}

/** One way to break a rule, tried for real. */
export interface Attack {
  readonly title: string
  attempt(scene: Scene): Promise<void>
}

/** A small harmless order on web-1. */
export function smallOrder({ demo }: Story, purpose: string, seconds?: number): Submission {
  const { web } = demo.targets
  return {
    purpose,
    fault: '',
    component: '',
    mayShow: '',
    effects: [],
    ...window(instantNow(), seconds),
    steps: [bashStep(web, 'date -u\n'), bashStep(web, 'uptime\n')],
    rollback: [],
  }
}

export interface Prepared {
  readonly order: string
  readonly version: number
}

/** Submitted by the technician and claimed by the escort. */
export async function claimedOrder(scene: Scene, submission: Submission): Promise<Prepared> {
  const { technician, escort } = scene.people
  const { order, version } = await technician.api.call('submitOrder', { body: submission })
  await escort.api.call('claimOrder', { params: { order }, body: { version } })
  return { order, version }
}

/** The escort's approval of all steps, signed and not handed in. */
export async function keptApproval(scene: Scene, { order, version }: Prepared): Promise<KeptApproval> {
  const { escort } = scene.people
  const blob = await decidingBlob(scene, escort)
  const { steps } = await escort.api.call('review', { params: { order } })
  const wish = { kind: 'allow' as const, version, steps: steps.map(({ step }) => step) }
  return signAndKeep(escort, scene.desk, blob, order, wish)
}
