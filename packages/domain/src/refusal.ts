import type { Digest, Instant, PersonId, RunId, TargetId } from '@chaperone/encoding'
import type { SignerRefusal } from './signed-statement.ts'

/** Every way in which the domain says no, with the facts that a person needs to see why. */
export type Refusal =
  | SignerRefusal
  | { readonly code: 'order-exists' }
  | { readonly code: 'order-unknown' }
  | {
      readonly code: 'order-full'
      readonly what: 'versions' | 'questions' | 'attempts' | 'releases' | 'requests'
      readonly most: number
    }
  | { readonly code: 'order-erased' }
  | { readonly code: 'order-ended'; readonly ended: 'withdrawn' | 'forbidden' }
  | { readonly code: 'order-frozen'; readonly by: PersonId }
  | { readonly code: 'order-claimed'; readonly escort: PersonId; readonly until: Instant }
  | { readonly code: 'order-not-claimed' }
  | { readonly code: 'order-version-stale'; readonly version: number; readonly current: number }
  | { readonly code: 'window-invalid'; readonly notBefore: Instant; readonly notAfter: Instant }
  | { readonly code: 'window-closed'; readonly notAfter: Instant }
  | { readonly code: 'window-not-open'; readonly notBefore: Instant }
  | { readonly code: 'window-outside-order'; readonly notBefore: Instant; readonly notAfter: Instant }
  | { readonly code: 'technician-unknown'; readonly technician: PersonId }
  | { readonly code: 'not-the-technician' }
  | { readonly code: 'escort-unknown'; readonly escort: PersonId }
  | { readonly code: 'escort-regime'; readonly regime: string }
  | { readonly code: 'escort-is-author' }
  | { readonly code: 'target-unknown'; readonly target: TargetId }
  | { readonly code: 'account-not-permitted'; readonly target: TargetId; readonly account: string }
  | { readonly code: 'interpreter-not-permitted'; readonly target: TargetId; readonly interpreter: string }
  | { readonly code: 'steps-invalid' }
  | { readonly code: 'claim-too-long'; readonly until: Instant }
  | { readonly code: 'question-unknown'; readonly question: number }
  | { readonly code: 'question-open'; readonly question: number }
  | { readonly code: 'question-answered'; readonly question: number }
  | { readonly code: 'request-unknown'; readonly request: number }
  | { readonly code: 'request-answered'; readonly request: number }
  | { readonly code: 'requests-open'; readonly most: number }
  | { readonly code: 'comprehension-not-asked'; readonly step: number }
  | { readonly code: 'comprehension-answered'; readonly step: number }
  | { readonly code: 'step-unknown'; readonly step: number }
  | { readonly code: 'statement-not-for-this'; readonly field: string }
  | { readonly code: 'step-not-as-submitted'; readonly step: number; readonly field: string }
  | { readonly code: 'host-key-not-in-roster'; readonly target: TargetId }
  | { readonly code: 'key-class-not-permitted'; readonly target: TargetId }
  | {
      readonly code: 'attempt-not-next'
      readonly step: number
      readonly attempt: number
      readonly next: number
    }
  | { readonly code: 'already-decided'; readonly step: number }
  | { readonly code: 'roster-expired'; readonly expires: Instant }
  | { readonly code: 'roster-stale'; readonly signed: number; readonly current: number }
  | { readonly code: 'policy-stale' }
  | { readonly code: 'quorum-wrong'; readonly step: number; readonly needed: number }
  | { readonly code: 'quorum-missing'; readonly step: number; readonly have: number; readonly needed: number }
  | { readonly code: 'predecessor-missing'; readonly step: number; readonly needs: number }
  | { readonly code: 'run-in-progress'; readonly run: RunId }
  | { readonly code: 'run-unknown'; readonly run: RunId }
  | { readonly code: 'run-ended'; readonly run: RunId }
  | { readonly code: 'run-not-ended'; readonly run: RunId }
  | { readonly code: 'run-id-wrong'; readonly expected: RunId }
  | { readonly code: 'rollback-apart'; readonly step: number }
  | { readonly code: 'rollback-early'; readonly step: number }
  | { readonly code: 'rollback-begun'; readonly step: number }
  | { readonly code: 'step-done'; readonly step: number }
  | { readonly code: 'not-permitted'; readonly person: PersonId }
  | { readonly code: 'stopped'; readonly stop: Digest }
  | { readonly code: 'recipient-wrong'; readonly recipient: PersonId }
  | { readonly code: 'not-released' }

export type RefusalCode = Refusal['code']
