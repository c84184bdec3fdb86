import { useState } from 'react'
import type { Problem, Review, SigningRequest } from '@chaperone/contract'
import { call } from '../api/call.ts'

export interface Waiting {
  readonly kind: SigningRequest['kind']
  readonly deskUrl: string
  /** The browser did not let us open the desk's window. */
  readonly blocked: boolean
}

export interface Signing {
  /** What lies at the desk for a signature. */
  readonly waiting: Waiting | undefined
  readonly busy: boolean
  readonly problem: Problem | null
  readonly sign: (request: SigningRequest) => Promise<void>
  readonly dismiss: () => void
}

/** Prepares a statement and opens the desk with it. What was signed shows in the order, not here. */
export function useSigning(review: Review): Signing {
  const [asked, setAsked] = useState<(Waiting & { readonly before: string }) | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const sign = async (request: SigningRequest) => {
    setBusy(true)
    const prepared = await call('prepareSigning', { params: { order: review.order }, body: request })
    setBusy(false)
    setProblem(prepared.ok ? null : prepared.error)
    if (!prepared.ok) return setAsked(undefined)
    const { deskUrl } = prepared.value
    const { kind } = request
    setAsked({ kind, deskUrl, blocked: !openDesk(deskUrl), before: signedSoFar(review, kind) })
  }
  const waiting = asked?.before === (asked && signedSoFar(review, asked.kind)) ? asked : undefined
  return { waiting, busy, problem, sign, dismiss: () => setAsked(undefined) }
}

/** What of an order changes when a statement of this kind was signed, or, with a newer version, cannot be any more. */
function signedSoFar(review: Review, kind: SigningRequest['kind']): string {
  const { version, releases, phase, runs, steps } = review
  if (kind === 'release') return `${version} ${releases.length}`
  if (kind === 'forbid') return `${version} ${phase === 'forbidden' ? 'forbidden' : ''}`
  if (kind === 'allow')
    return [version, runs.length, ...steps.map((step) => step.quorum.allowedBy.length)].join(' ')
  return ''
}

/** The desk's window beside this one; the same one every time. */
export function openDesk(deskUrl: string): boolean {
  const [width, height] = [Math.min(820, screen.availWidth), Math.min(960, screen.availHeight)]
  const features = `popup,width=${width},height=${height},left=${screen.availWidth - width},top=0`
  const desk = window.open(deskUrl, 'chaperone-desk', features)
  desk?.focus()
  return desk !== null
}
