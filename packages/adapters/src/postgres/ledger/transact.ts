import type pg from 'pg'
import { Fault, invariant } from '@chaperone/encoding'
import { leafBytesAtMost, type LedgerTransaction, type Transacted } from '@chaperone/usecases'
import { asFault, sqlState } from '../database/failure.ts'
import type { Database } from '../database/open-database.ts'
import type { Acknowledgements } from './acknowledgements.ts'

export interface TransactOptions<Schema> {
  readonly database: Database<Schema>
  readonly acknowledged: Acknowledgements
  /** Tells the sequencer, wherever it runs, that there is work. A hint: it also looks by itself. */
  readonly wake: () => void
  /** After this long without a signed checkpoint over a committed event the caller gets a fault. */
  readonly patience: number
}

/**
 * One SQL transaction: state by `work`, then its events into the outbox, then the wait for the log.
 * The events are written last, when the rows they tell of are locked: outbox ids of events on the
 * same state are in the order of their commits.
 */
export async function transact<Schema, T>(
  options: TransactOptions<Schema>,
  work: (tx: LedgerTransaction<ReturnType<Database<Schema>['on']>>) => Promise<T>,
): Promise<Transacted<T>> {
  const since = options.acknowledged.size()
  const { value, outboxIds } = await committed(options.database, work)
  if (outboxIds.length === 0) return { value, entries: [] }
  const places = options.acknowledged.places(outboxIds, since)
  options.wake()
  const indexes = await withPatience(places, options.patience)
  return { value, entries: indexes.map((index) => ({ index })) }
}

interface Committed<T> {
  readonly value: T
  readonly outboxIds: readonly number[]
}

async function committed<Schema, T>(
  database: Database<Schema>,
  work: (tx: LedgerTransaction<ReturnType<Database<Schema>['on']>>) => Promise<T>,
): Promise<Committed<T>> {
  const client = await connected(database)
  const leaves: Uint8Array[] = []
  let open = true
  try {
    // Waited for: a statement sent along with a begin that failed would be kept by itself.
    await client.query('begin')
    const value = await work({
      sql: database.on(client),
      append(leaf) {
        invariant(open, 'append after the transaction ended')
        leaves.push(checkedLeaf(leaf))
      },
    })
    open = false
    const outboxIds = await commit(client, leaves)
    client.release()
    return { value, outboxIds }
  } catch (failure) {
    open = false
    await abandon(client, failure)
    throw asFault(failure, true)
  }
}

async function connected<Schema>(database: Database<Schema>): Promise<pg.PoolClient> {
  try {
    return await database.pool.connect()
  } catch (failure) {
    throw asFault(failure, true)
  }
}

/** A copy: what the caller does to its array later must not reach the log. */
function checkedLeaf(leaf: Uint8Array): Uint8Array {
  if (leaf.length <= leafBytesAtMost) return leaf.slice()
  throw new Fault('leaf-too-large', `an entry has ${leaf.length} bytes, at most ${leafBytesAtMost} fit`, {
    retryable: true,
  })
}

const insertEvents = {
  name: 'ledger-outbox',
  text: `insert into outbox (leaf) select leaf from unnest($1::bytea[]) with ordinality as given (leaf, place)
    order by place returning id`,
}

/** Events and commit in one round trip. A failed insert makes the commit a rollback. */
async function commit(client: pg.PoolClient, leaves: readonly Uint8Array[]): Promise<readonly number[]> {
  const inserting =
    leaves.length === 0
      ? undefined
      : client.query<{ id: number }>({ ...insertEvents, values: [leaves.map((leaf) => Buffer.from(leaf))] })
  const [inserted, ended] = await Promise.allSettled([inserting, client.query('commit')])
  if (inserted.status === 'rejected' && sqlState(inserted.reason) !== undefined) throw inserted.reason
  if (ended.status === 'rejected') throw afterCommit(ended.reason)
  if (ended.value.command !== 'COMMIT') {
    throw new Fault('transaction-aborted', 'a statement failed and the use case went on', { retryable: true })
  }
  if (inserted.status === 'rejected') throw afterCommit(inserted.reason)
  return (inserted.value?.rows ?? []).map((row) => row.id)
}

/** The server says no (a deferred constraint, a conflict) when nothing was kept; else nobody knows. */
function afterCommit(failure: unknown): unknown {
  const state = sqlState(failure)
  return asFault(failure, state !== undefined && /^(23|40001|40P01)/.test(state))
}

/** A client that failed in any way is not used again: its state is not worth the thought. */
async function abandon(client: pg.PoolClient, failure: unknown): Promise<void> {
  if (failure instanceof Fault || sqlState(failure) !== undefined) return client.release(true)
  const ended = await client.query('rollback').catch(() => undefined)
  client.release(ended === undefined)
}

async function withPatience<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // It is committed and will be sequenced when the store is back: nobody may do it again.
      reject(new Fault('store-unavailable', 'the event is kept but not yet in a signed checkpoint'))
    }, milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
