import type { Digest, Instant, KeyId, OrderId, PersonId, RunId } from '@chaperone/encoding'
import type { SignedRoster, SignedStatement, Stop, WorkOrder } from '@chaperone/domain'

/**
 * What the product remembers beside its log. Every implementation must hold to this:
 * - writes belong to the ledger transaction that handed the records out, or are of no consequence to the log
 *   (sessions, challenges, tickets);
 * - openings and recordings are sealed under their order's key before they reach the store, so that erasing the
 *   key erases them;
 * - what is looked up by a secret (session, link, ticket) is stored only as that secret's SHA-256.
 * Whoever controls it can withhold, and can lie to people about names; nothing it holds makes a step run.
 */
export interface Records {
  /**
   * What is in force; no roster or stop comes into force or goes until the transaction has ended. Who means to change
   * it says so, and waits until nobody else holds it.
   */
  holdInForce(hold: Hold): Promise<InForce>
  /** The order as it stands, locked until the transaction ends. */
  lockOrder(order: OrderId): Promise<WorkOrder | undefined>
  saveOrder(order: WorkOrder): Promise<void>
  putOpening(opening: Opening): Promise<void>
  putChunk(chunk: RecordingChunk): Promise<void>
  putRoster(version: number, roster: SignedRoster): Promise<void>
  putName(person: PersonId, name: string): Promise<void>
  /** False for one that was put before, whatever became of it: it stays as it is. */
  putStop(stop: Stop, statement: SignedStatement): Promise<boolean>
  liftStop(stop: Digest): Promise<void>
  putEnrolment(enrolment: Enrolment): Promise<void>
  /** True for one transaction only: the link is known, has not run out, and this use of it was not taken yet. */
  takeEnrolment(secret: Digest, use: EnrolmentUse, now: Instant): Promise<boolean>
  putSignInKey(key: SignInKey): Promise<void>
  putPendingKey(key: PendingKey): Promise<void>
  putSession(session: Session): Promise<void>
  putTicket(ticket: Ticket): Promise<void>
  /** Takes a ticket out, so that it is used once. */
  takeTicket(secret: Digest): Promise<Ticket | undefined>
}

export type Hold = 'to-decide' | 'to-change'

export interface InForce {
  /** Version of the roster. */
  readonly roster: number
  /** Digests of the stops that have not been lifted, in no order. */
  readonly stops: readonly Digest[]
}

/** Reading, outside any transaction. */
export interface RecordReader {
  order(order: OrderId): Promise<WorkOrder | undefined>
  /** Newest first. */
  ordersOf(technician: PersonId, limit: number, offset: number): Promise<readonly WorkOrder[]>
  /** Newest first; `open` leaves out what has ended or was withdrawn. */
  orders(open: boolean): Promise<readonly WorkOrder[]>
  /** Orders with a run that has not ended. */
  running(): Promise<readonly WorkOrder[]>
  /** Orders that may have a step to run: somebody allowed something and nothing runs. */
  allowed(): Promise<readonly WorkOrder[]>
  /** What ran on a target, newest first. */
  history(
    target: string,
    limit: number,
  ): Promise<
    readonly {
      readonly order: OrderId
      readonly step: number
      readonly at: Instant
      readonly result: string
    }[]
  >
  opening(commitment: Digest): Promise<Opening | undefined>
  openings(order: OrderId): Promise<readonly Opening[]>
  chunks(run: RunId): Promise<readonly RecordingChunk[]>
  roster(version: number): Promise<SignedRoster | undefined>
  latestRoster(): Promise<{ readonly version: number; readonly roster: SignedRoster } | undefined>
  rostersFrom(
    version: number,
  ): Promise<readonly { readonly version: number; readonly roster: SignedRoster }[]>
  names(): Promise<ReadonlyMap<PersonId, string>>
  stops(): Promise<readonly Stop[]>
  stopStatement(stop: Digest): Promise<SignedStatement | undefined>
  enrolment(secret: Digest): Promise<Enrolment | undefined>
  signInKey(id: string): Promise<SignInKey | undefined>
  signInKeysOf(person: PersonId): Promise<readonly SignInKey[]>
  pendingKeys(): Promise<readonly PendingKey[]>
  session(secret: Digest): Promise<Session | undefined>
  ticket(secret: Digest): Promise<Ticket | undefined>
}

/** Small things of no consequence to the log, written at once. */
export interface Ephemera {
  putChallenge(challenge: Digest, purpose: string, expires: Instant): Promise<void>
  /** True once, for a challenge that was put for this purpose and has not run out. */
  takeChallenge(challenge: Digest, purpose: string, now: Instant): Promise<boolean>
  touchSession(secret: Digest, seen: Instant): Promise<void>
  endSession(secret: Digest): Promise<void>
  countSignInKey(id: string, counter: number): Promise<void>
  forget(now: Instant): Promise<void>
}

/** A committed value with its salt (spec/commitment.md), sealed under the order's key. */
export interface Opening {
  readonly commitment: Digest
  readonly order: OrderId
  /** The commitment's tag: `order`, `step`, `analysis`, `question`, `release`, … */
  readonly kind: string
  /** 64 hex digits. */
  readonly salt: string
  readonly value: Uint8Array
}

export interface RecordingChunk {
  readonly order: OrderId
  readonly run: RunId
  readonly index: number
  /** Frames (spec/recording.md), compressed and sealed. */
  readonly sealed: Uint8Array
  /** The chain's link after this chunk. */
  readonly link: Uint8Array
}

export interface Enrolment {
  readonly secret: Digest
  readonly person: PersonId
  readonly expires: Instant
  readonly signInDone: boolean
  readonly decidingDone: boolean
}

/** A link collects a key to sign in and a key to decide, each once. */
export type EnrolmentUse = 'sign-in' | 'decide'

export interface SignInKey {
  readonly id: string
  readonly person: PersonId
  readonly publicKey: Uint8Array
  readonly counter: number
}

/** Collected, and of no effect until a roster with it is adopted. */
export interface PendingKey {
  readonly key: KeyId
  readonly person: PersonId
  readonly blob: Uint8Array
  readonly class: 'passkey'
  readonly origin: string
}

export interface Session {
  readonly secret: Digest
  readonly person: PersonId
  readonly kind: 'browser' | 'bearer'
  readonly created: Instant
  readonly seen: Instant
  readonly expires: Instant
}

/** A statement prepared for one person to sign. */
export interface Ticket {
  readonly secret: Digest
  readonly person: PersonId
  readonly order: OrderId
  readonly kind: 'allow' | 'forbid' | 'release' | 'freeze' | 'kill'
  readonly statement: string
  readonly expires: Instant
}
