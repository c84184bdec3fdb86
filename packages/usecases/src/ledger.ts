/** One thing that happened, at its place in the log. */
export interface LedgerEntry {
  readonly index: number
  /** The bytes that the log commits to, at most 65,535. */
  readonly leaf: Uint8Array
}

/** A tree: how many entries, and the root hash (32 bytes) over them. */
export interface LogHead {
  readonly size: number
  readonly root: Uint8Array
}

/**
 * What one `transact` may do. `Sql` is what the implementation offers for state: a Kysely bound to
 * the transaction for PostgreSQL, anything for the fake.
 */
export interface LedgerTransaction<Sql> {
  readonly sql: Sql
  /**
   * Adds an event; it is kept if and only if the transaction is. Events stand in the log in the order
   * of these calls. Lock or change the state row first: then two transactions on the same state have
   * their events in the order in which they happened. Fault: `leaf-too-large`.
   */
  append(leaf: Uint8Array): void
}

export interface Transacted<T> {
  readonly value: T
  /** The places of the appended events, in order. */
  readonly entries: readonly { readonly index: number }[]
}

/** A name that one holder has for a time. */
export interface Lease {
  /** Grows with every change of holder: the receiver of an order refuses a lower one. */
  readonly token: number
  /** Milliseconds it is still ours for, counted from before it was asked for. */
  remaining(): number
  /** True: extended. False: lost, and whatever it protected must stop now. */
  renew(): Promise<boolean>
  release(): Promise<void>
}

/**
 * State and the log of what happened to it, kept together. Every implementation must hold to this
 * (`ledgerContract` checks it):
 * - `transact` keeps the state changes of `work` and its events together, or neither; what `work`
 *   throws is thrown on and nothing is kept;
 * - it resolves only when its events are in the tree of a signed checkpoint that `checkpoint()` hands
 *   out: nothing is acknowledged before it is sequenced;
 * - every size that a signed checkpoint names extends every smaller one; entries never change;
 * - readers see entries below the newest signed checkpoint only, in order, without gaps.
 *
 * What may be lost: nothing that was acknowledged. If this process dies between the commit and the
 * acknowledgement, state and events are kept and the caller is not told; it learns on its next read.
 * A fault says which it was: with `retryable` nothing was kept; without, it may have been.
 *
 * Faults: `store-unavailable` (gone, full, going down; it recovers by itself), `store-conflict` (two
 * transactions in each other's way), `leaf-too-large`, `ledger-closed`.
 *
 * Whoever controls it can withhold events, and can rewrite history for readers who keep nothing. They
 * cannot make it verify for anybody who holds an older checkpoint (the signer, a witness, an export),
 * and cannot forge what people signed.
 */
export interface Ledger<Sql> {
  transact<T>(work: (tx: LedgerTransaction<Sql>) => Promise<T>): Promise<Transacted<T>>

  /** Entries `from` (inclusive) to `to` (exclusive), fewer where the newest checkpoint ends. */
  entries(from: number, to: number): Promise<readonly LedgerEntry[]>
  /** The tree of the newest signed checkpoint. */
  head(): Promise<LogHead>
  /** The newest signed checkpoint with the cosignatures that came for it, as a C2SP signed note. */
  checkpoint(): Promise<string>
  /** Resolves when the newest signed checkpoint has at least `size` entries; rejects when aborted. */
  waitFor(size: number, signal?: AbortSignal): Promise<void>
  /** Every entry from `from` on, and new ones as they come, until `signal` aborts or the ledger closes. */
  subscribe(from: number, signal?: AbortSignal): AsyncIterable<LedgerEntry>
  /**
   * Keeps a witness's signature line (`— name base64`) with the checkpoint of that size. The caller
   * has verified it. Adding the same line again changes nothing.
   * Faults: `checkpoint-unknown`, `cosignature-malformed`.
   */
  addCosignature(size: number, line: string): Promise<void>

  /** Takes the lease, or `undefined` while somebody has it. By the store's clock, not this machine's. */
  lease(name: string, holder: string, seconds: number): Promise<Lease | undefined>
}

/** The largest leaf that a C2SP entry bundle can carry. */
export const leafBytesAtMost = 65_535
