import { instantOf, toBase64, utf8 } from '@chaperone/encoding'
import type { AnswerOf, BodyOf } from '@chaperone/contract'
import type { Client } from './client.ts'
import { eventually, type UnderTest } from './gateway-under-test.ts'

export type Submission = BodyOf<'submitOrder'>
export type SubmittedStep = Submission['steps'][number]

export function step(test: UnderTest, text: string, more: Partial<SubmittedStep> = {}): SubmittedStep {
  const { target, accounts } = test.target
  const account = accounts[0] ?? ''
  return { target, account, interpreter: 'bash', bytes: toBase64(utf8(text)), maxSeconds: 60, ...more }
}

export function submission(steps: readonly SubmittedStep[], more: Partial<Submission> = {}): Submission {
  const now = Date.now() / 1000
  return {
    purpose: 'see whether the disk is full',
    notBefore: instantOf(now - 60),
    notAfter: instantOf(now + 7200),
    steps: [...steps],
    ...more,
  }
}

export async function submitted(
  technician: Client,
  steps: readonly SubmittedStep[],
  more: Partial<Submission> = {},
): Promise<AnswerOf<'submitOrder'>> {
  return technician.call('submitOrder', { body: submission(steps, more) })
}

/** Asks the escort's page until no run of the order is under way and `count` have ended. */
export async function ended(escort: Client, order: string, count: number): Promise<AnswerOf<'review'>> {
  return eventually(
    () => escort.call('review', { params: { order } }),
    (review) => review.runs.length >= count && review.runs.every((run) => run.state === 'ended'),
    30_000,
  )
}
