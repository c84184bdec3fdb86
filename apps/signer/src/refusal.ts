import type {
  AdoptionRefusal,
  OrderDocumentRefusal,
  SignerRefusal as StatementCheckRefusal,
} from '@chaperone/domain'
import type { Digest, Instant, PersonId, RunId } from '@chaperone/encoding'
import type { CheckpointRefusal } from '@chaperone/tlog'

/** Why the signer did not do what it was asked. Codes are listed with their meaning in spec/signer.md; a test compares. */
export type Refusal =
  | AdoptionRefusal
  | StatementCheckRefusal
  | CheckpointRefusal
  | OrderDocumentRefusal
  | RosterRefusal
  | LogRefusal
  | OfficerRefusal
  | ReadinessRefusal
  | IssueRefusal
  | RequestRefusal

export type RequestRefusal =
  | { readonly code: 'request-malformed'; readonly at: string }
  | { readonly code: 'request-too-large'; readonly most: number }

type RosterRefusal =
  | { readonly code: 'roster-missing' }
  | { readonly code: 'roster-older'; readonly held: number }
  | { readonly code: 'roster-not-trusted'; readonly expected: Digest }
  | { readonly code: 'roster-other-log'; readonly origin: string }

type LogRefusal =
  | { readonly code: 'log-gap'; readonly size: number }
  | { readonly code: 'log-rewound'; readonly size: number }
  | { readonly code: 'log-forked'; readonly size: number }
  | { readonly code: 'log-too-long'; readonly size: number }
  | { readonly code: 'log-entry-unreadable'; readonly entry: number }
  | { readonly code: 'checkpoint-not-of-entries'; readonly size: number }

type OfficerRefusal =
  | { readonly code: 'stop-unknown'; readonly stop: Digest }
  | { readonly code: 'stop-lifted'; readonly stop: Digest }
  | { readonly code: 'stop-expired'; readonly expires: Instant }
  | { readonly code: 'statement-not-for-this'; readonly field: string }
  | { readonly code: 'officers-needed'; readonly officers: readonly PersonId[] }
  | { readonly code: 'recovery-not-next'; readonly expected: number }

export type ReadinessRefusal =
  | {
      readonly code: 'not-ready'
      readonly reason: 'no-fresh-head' | 'runs-unaccounted' | 'log-recovering'
      readonly runs: readonly RunId[]
    }
  | { readonly code: 'clock-behind'; readonly seen: Instant }

type IssueRefusal =
  | { readonly code: 'stopped'; readonly stop: Digest }
  | { readonly code: 'roster-stale'; readonly signed: number; readonly current: number }
  | { readonly code: 'policy-stale' }
  | { readonly code: 'log-head-unknown'; readonly size: number }
  | { readonly code: 'step-malformed'; readonly field: string }
  | { readonly code: 'window-not-open'; readonly notBefore: Instant }
  | { readonly code: 'window-closed'; readonly notAfter: Instant }
  | { readonly code: 'step-unknown'; readonly step: number }
  | { readonly code: 'step-not-as-signed'; readonly field: string }
  | { readonly code: 'target-unknown'; readonly target: string }
  | { readonly code: 'host-key-not-in-roster'; readonly target: string }
  | { readonly code: 'account-not-permitted'; readonly account: string }
  | { readonly code: 'interpreter-not-permitted'; readonly interpreter: string }
  | { readonly code: 'technician-unknown'; readonly technician: PersonId }
  | { readonly code: 'escort-regime'; readonly escort: PersonId; readonly regime: string }
  | { readonly code: 'key-class-not-permitted'; readonly class: string }
  | { readonly code: 'duration-too-long'; readonly most: number }
  | { readonly code: 'escort-is-author'; readonly escort: PersonId }
  | { readonly code: 'quorum-missing'; readonly have: number; readonly needed: number }
  | { readonly code: 'order-not-in-log' }
  | { readonly code: 'order-not-as-logged' }
  | { readonly code: 'order-version-stale'; readonly version: number; readonly current: number }
  | { readonly code: 'order-ended' }
  | { readonly code: 'order-frozen' }
  | { readonly code: 'intent-not-in-log'; readonly size: number }
  | { readonly code: 'intent-not-for-this'; readonly field: string }
  | { readonly code: 'run-in-progress'; readonly run: RunId }
  | { readonly code: 'run-ended'; readonly run: RunId }
  | { readonly code: 'predecessor-missing'; readonly needs: number }
  | { readonly code: 'already-spent'; readonly run: RunId }
  | { readonly code: 'run-closed'; readonly run: RunId }
