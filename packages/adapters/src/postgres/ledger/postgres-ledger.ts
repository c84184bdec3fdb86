import type { Kysely } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault, type Sha256 } from '@chaperone/encoding'
import type { Ledger, LedgerEntry, LedgerTransaction, LogHead, Transacted } from '@chaperone/usecases'
import { asFault, isStorageFailure } from '../database/failure.ts'
import type { Database } from '../database/open-database.ts'
import { acknowledgements, type Acknowledgements } from './acknowledgements.ts'
import { makeBell } from './bell.ts'
import { cosignedCheckpoint, keepCosignature } from './cosignatures.ts'
import { openForkGuard, type ForkGuard } from './fork-guard.ts'
import { behindGuard, contradiction, type Contradiction } from './guarded-log.ts'
import { takeLease } from './leases.ts'
import { outboxChannel, readCheckpoint, readFrontier, readPlaces, type Queryable } from './log-tables.ts'
import { runPublisher } from './run-publisher.ts'
import { makeSequencer, type LogKey, type Sequencer } from './sequencer.ts'
import { transact } from './transact.ts'

export interface LedgerOptions<Schema, Sql> {
  readonly database: Database<Schema>
  /** What a transaction offers for state, on its statements. */
  readonly state: (sql: Kysely<Schema>) => Sql
  readonly key: LogKey
  readonly sha256: Sha256
  /** A file outside the database that no backup of the database restores. */
  readonly guardFile: string
  /** Where the log is published as files; unset: nowhere. */
  readonly publishedFolder?: string
  /** The store may have lost what it promised, or the log forked: end the process. */
  readonly onFatal: (failure: unknown) => void
  /** Milliseconds that a caller waits for the checkpoint over its events. Default 15,000. */
  readonly patience?: number
  /**
   * Asked when the database does not extend what the guard remembers. Answers the leaf of the
   * officers' signed `recovered` event, whose signatures the caller has checked, and it becomes the
   * next entry; or `undefined`, and the start is refused. The key's name must be that of the new
   * epoch: a log never signs two trees of one name that contradict each other.
   */
  readonly acceptRecovery?: (found: Contradiction) => Promise<Uint8Array | undefined>
}

export interface PostgresLedger<Sql> extends Ledger<Sql>, AsyncDisposable {
  /** Lets what is under way end, then stops. The database stays open. */
  close(): Promise<void>
}

/**
 * The ledger on a migrated database. Faults: `store-unavailable`, `log-behind-guard` (the database is
 * older than what was signed, or another one), `fork-guard-unreadable`, `log-damaged`.
 */
export async function openLedger<Schema, Sql>(
  options: LedgerOptions<Schema, Sql>,
): Promise<PostgresLedger<Sql>> {
  const { key, sha256, database, onFatal } = options
  const guard = await openForkGuard(options.guardFile, key.verifier.name, sha256)
  const [ending, background] = [new AbortController(), [] as Promise<void>[]]
  const stop = async () => {
    ending.abort()
    await Promise.all(background)
    await guard[Symbol.asyncDispose]()
  }
  try {
    await holdToGuard(options, guard)
    const { pool } = database
    const start = (await answered(readCheckpoint(pool)))?.size ?? 0
    const acknowledged = acknowledgements(start, (ids, since) => afterCommit(readPlaces(pool, ids, since)))
    const [bell, published] = [makeBell(), makeBell()]
    const onSigned = () => published.ring()
    const sequencer = makeSequencer({ database, key, sha256, guard, acknowledged, bell, onSigned, onFatal })
    background.push(sequencer.run(ending.signal))
    if (options.publishedFolder !== undefined) {
      const publishing = { folder: options.publishedFolder, db: pool, sha256, onFatal }
      background.push(runPublisher(publishing, published, ending.signal))
    }
    const wake = makeWake(options.database, sequencer, () => bell.ring())
    const patience = options.patience ?? 15_000
    await firstCheckpoint(pool, patience)
    return ledgerOf(options, { acknowledged, wake, stop, patience })
  } catch (failure) {
    await stop()
    throw failure
  }
}

async function holdToGuard<Schema, Sql>(
  options: LedgerOptions<Schema, Sql>,
  guard: ForkGuard,
): Promise<void> {
  const { key, sha256, database } = options
  const found = await answered(contradiction(guard, key.verifier.name, database.pool, sha256))
  if (found !== undefined) {
    const leaf = await options.acceptRecovery?.(found)
    if (leaf === undefined) throw behindGuard(found)
    // Before everything that the backup had on its way. A crash from here on asks again.
    await answered(
      database.pool.query(
        'insert into outbox (id, leaf) overriding system value select coalesce(min(id), 1) - 1, $1 from outbox',
        [Buffer.from(leaf)],
      ),
    )
  }
  if (found !== undefined || guard.newest() === undefined) {
    await guard.keep(await answered(readFrontier(database.pool, sha256)))
  }
}

/** A log has a checkpoint from its first moment on, if only of nothing. */
async function firstCheckpoint(db: Queryable, patience: number): Promise<void> {
  const end = performance.now() + patience
  while ((await answered(readCheckpoint(db))) === undefined) {
    if (performance.now() > end)
      throw new Fault('store-unavailable', 'nobody signs the log', { retryable: true })
    await sleep(20)
  }
}

interface Parts {
  readonly acknowledged: Acknowledgements
  readonly wake: () => void
  readonly stop: () => Promise<void>
  readonly patience: number
}

function ledgerOf<Schema, Sql>(options: LedgerOptions<Schema, Sql>, parts: Parts): PostgresLedger<Sql> {
  const { database, state, onFatal } = options
  const { acknowledged, wake, stop, patience } = parts
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  async function work<T>(start: () => Promise<T>): Promise<T> {
    if (closing !== undefined) throw closedFault()
    const started = start()
    underWay.add(started)
    try {
      return await started
    } catch (failure) {
      const cause = failure instanceof Fault ? failure.cause : failure
      if (isStorageFailure(cause)) onFatal(cause)
      throw asFault(failure, true)
    } finally {
      underWay.delete(started)
    }
  }

  /**
   * A crash of the server can take the newest note back for a moment, until it is signed again. What was
   * acknowledged is looked at first: the log may grow while the answer is on its way.
   */
  async function newest<T extends { readonly size: number }>(
    read: (db: Queryable) => Promise<T | undefined>,
  ): Promise<T> {
    const known = acknowledged.size()
    const checkpoint = await read(database.pool)
    if (checkpoint !== undefined && checkpoint.size >= known) return checkpoint
    throw new Fault('store-unavailable', 'the newest checkpoint is being signed again', { retryable: true })
  }

  async function entries(from: number, to: number): Promise<readonly LedgerEntry[]> {
    const known = acknowledged.size()
    const read = await database.pool.query<LedgerEntry>({
      name: 'ledger-entries',
      text: `select index, leaf from log_entry where index >= $1 and index < $2
        and (index < $3 or index < (select max(size) from checkpoint)) order by index`,
      values: [from, to, known],
    })
    return read.rows
  }

  async function* subscribe(from: number, signal?: AbortSignal): AsyncGenerator<LedgerEntry> {
    for (let at = from; closing === undefined && signal?.aborted !== true;) {
      const part = await nextPart(at, signal)
      yield* part
      at += part.length
    }
  }

  /** Waits where the log ends and where the store is away; empty when there is nothing to wait for any more. */
  async function nextPart(at: number, signal: AbortSignal | undefined): Promise<readonly LedgerEntry[]> {
    try {
      await acknowledged.reached(at + 1, signal)
      return await work(() => entries(at, at + partSize))
    } catch (failure) {
      if (signal?.aborted === true || closing !== undefined) return []
      if (!(failure instanceof Fault && failure.code === 'store-unavailable')) throw failure
      await sleep(retryMilliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
      return []
    }
  }

  async function close(): Promise<void> {
    await Promise.race([Promise.allSettled(underWay), sleep(patience, undefined, { ref: false })])
    acknowledged.end(closedFault())
    await stop()
  }

  const transacting = { database, acknowledged, wake, patience }
  return {
    transact: <T>(change: (tx: LedgerTransaction<Sql>) => Promise<T>): Promise<Transacted<T>> =>
      work(() =>
        transact(transacting, (tx) => change({ sql: state(tx.sql), append: (leaf) => tx.append(leaf) })),
      ),
    entries: (from, to) => work(() => entries(from, to)),
    head: () =>
      work(async (): Promise<LogHead> => {
        const { size, root } = await newest((db) => readCheckpoint(db))
        return { size, root }
      }),
    checkpoint: () => work(async () => (await newest(cosignedCheckpoint)).note),
    async waitFor(size, signal) {
      if (closing !== undefined) throw closedFault()
      await acknowledged.reached(size, signal)
    },
    subscribe,
    addCosignature: (size, line) => work(() => keepCosignature(database.pool, size, line)),
    lease: (name, holder, seconds) => work(() => takeLease(database.pool, name, holder, seconds)),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }
}

const partSize = 512
const retryMilliseconds = 250

function closedFault(): Fault {
  return new Fault('ledger-closed', 'this process is ending', { retryable: true })
}

/** Here a ring, elsewhere a notification; one at a time, since one wakes for all that wait. */
function makeWake<Schema>(database: Database<Schema>, sequencer: Sequencer, ring: () => void): () => void {
  let telling = false
  return () => {
    ring()
    if (sequencer.isHere() || telling) return
    telling = true
    void database.pool
      .query('select pg_notify($1, $2)', [outboxChannel, ''])
      .catch(() => undefined) // a hint: the sequencer looks by itself
      .finally(() => (telling = false))
  }
}

async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (failure) {
    throw asFault(failure, true)
  }
}

/** The events are kept: nobody may append them again. */
async function afterCommit<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (failure) {
    throw asFault(failure, false)
  }
}
