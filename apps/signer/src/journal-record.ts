import type { Outcome, SignedStatement, Stop } from '@chaperone/domain'
import type { Digest, Instant, Json, OrderId, PersonId, RunId } from '@chaperone/encoding'

/** What the signer learnt from an entry of the log and must not forget. */
export type Fact =
  | ({ readonly type: 'order' } & Submission)
  | { readonly type: 'order-ended'; readonly order: OrderId; readonly how: OrderEnd }
  | { readonly type: 'order-frozen'; readonly order: OrderId }
  | ({ readonly type: 'intent' } & Intent)
  | ({ readonly type: 'ended' } & Ended)
  | ({ readonly type: 'stop-latched' } & Stop)
  | { readonly type: 'stop-lifted'; readonly stop: Digest }

/** A forbidden version may be followed by another; an order that was withdrawn or erased may not. */
export type OrderEnd = 'forbidden' | 'over'

export interface Submission {
  readonly orderDigest: Digest
  readonly order: OrderId
  readonly version: number
  readonly technician: PersonId
  readonly notAfter: Instant
}

export interface Intent {
  readonly run: RunId
  readonly orderDigest: Digest
  readonly step: number
  readonly attempt: number
  readonly stepDigest: Digest
  readonly target: string
  readonly decisions: readonly Digest[]
  readonly after: { readonly run: RunId; readonly entry: number } | null
  readonly entry: number
  readonly at: Instant
}

export interface Ended {
  readonly run: RunId
  readonly result: Outcome['result']
  /** -1: not by the log but by the officers who recovered it. */
  readonly entry: number
}

export interface Spend {
  readonly run: RunId
  readonly serial: string
  readonly at: Instant
  /** When the order can no longer be run, so that the spend may be forgotten. */
  readonly notAfter: Instant
}

export interface LogPosition {
  readonly size: number
  /** Roots of complete subtrees, hex. */
  readonly frontier: string
  readonly root: Digest
}

export interface HeldRoster {
  /** base64 of its canonical bytes. */
  readonly bytes: string
  readonly adoptions: readonly SignedStatement[]
}

/** The head that two officers accepted after a backup was restored. */
export interface AcceptedHead {
  readonly epoch: number
  readonly size: number
  readonly root: Digest
}

/** What becomes true at once or not at all. */
export type News =
  | ({ readonly type: 'roster-held' } & HeldRoster)
  | ({ readonly type: 'log-read'; readonly facts: readonly Fact[] } & LogPosition)
  | { readonly type: 'log-forked'; readonly checkpoint: string }
  | ({ readonly type: 'run-spent' } & Omit<Spend, 'at'>)
  | ({ readonly type: 'stop-latched' } & Stop)
  | { readonly type: 'stop-lifted'; readonly stop: Digest }
  | ({ readonly type: 'recovered' } & AcceptedHead)
  | ({ readonly type: 'snapshot' } & Snapshot)

export interface Snapshot {
  readonly roster: HeldRoster | null
  readonly log: LogPosition
  readonly epoch: number
  readonly forked: string | null
  readonly recovering: AcceptedHead | null
  readonly facts: readonly Fact[]
  readonly spends: readonly Spend[]
  readonly lifted: readonly Digest[]
}

/** One line of the journal (spec/signer.md §4). */
export type JournalRecord = { readonly at: Instant } & News

/** A record is JSON: strings, integers, arrays and null. */
export function recordJson(record: JournalRecord): Json {
  return record as unknown as Json
}
