import type pg from 'pg'
import { Fault, type Sha256 } from '@chaperone/encoding'
import { Frontier } from '@chaperone/tlog'
import type { SignedBatch } from './acknowledgements.ts'

/** Whatever answers a query: the pool, or one client. */
export type Queryable = Pick<pg.Pool, 'query'>

export interface StoredCheckpoint {
  readonly size: number
  readonly root: Uint8Array
  /** The log's own signed note, without cosignatures. */
  readonly note: string
}

export interface OutboxRow {
  readonly id: number
  readonly leaf: Uint8Array
}

/** The tree as the sequencer last committed it, signed or not. */
export async function readFrontier(db: Queryable, sha256: Sha256): Promise<Frontier> {
  const { rows } = await db.query<{ size: number; frontier: Uint8Array }>(
    'select size, frontier from log_head',
  )
  const [row] = rows
  const frontier = row && Frontier.restore(row.size, row.frontier, sha256)
  if (frontier === undefined) throw new Fault('log-damaged', 'the log’s head does not describe a tree')
  return frontier
}

export async function readCheckpoint(db: Queryable, size?: number): Promise<StoredCheckpoint | undefined> {
  const named =
    size === undefined
      ? { name: 'ledger-newest', text: 'select size, root, note from checkpoint order by size desc limit 1' }
      : {
          name: 'ledger-checkpoint',
          text: 'select size, root, note from checkpoint where size = $1',
          values: [size],
        }
  return (await db.query<StoredCheckpoint>(named)).rows[0]
}

/**
 * The note is made again from the committed head whenever it is missing, byte for byte: its commit
 * need not wait for the disk. The guard outside the database has the head already.
 */
export async function storeCheckpoint(db: Queryable, checkpoint: StoredCheckpoint): Promise<void> {
  const { size, root, note } = checkpoint
  await db.query({
    name: 'ledger-store-checkpoint',
    text: `with kept as (insert into checkpoint (size, root, note) values ($1, $2, $3) on conflict (size) do nothing)
      select set_config('synchronous_commit', 'off', true), pg_notify('${signedChannel}', '')`,
    values: [size, root, note],
  })
}

/** Batches after `since` that a signed checkpoint covers, oldest first. */
export async function readBatches(db: Queryable, since: number): Promise<readonly SignedBatch[]> {
  const { rows } = await db.query<{ first: number; size: number; outbox_ids: readonly number[] }>({
    name: 'ledger-batches',
    text: `select first, size, outbox_ids from log_batch
      where size > $1 and size <= (select max(size) from checkpoint) order by size limit 1000`,
    values: [since],
  })
  return rows.map(({ first, size, outbox_ids }) => ({ first, size, outboxIds: outbox_ids }))
}

/** Places of rows that were signed after `since`. */
export async function readPlaces(
  db: Queryable,
  outboxIds: readonly number[],
  since: number,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ id: number; index: number }>({
    name: 'ledger-places',
    text: `select id, first + place - 1 as index
      from log_batch cross join unnest(outbox_ids) with ordinality as given (id, place)
      where size > $2 and size <= (select max(size) from checkpoint)
        and outbox_ids && $1::bigint[] and id = any ($1::bigint[])`,
    values: [outboxIds, since],
  })
  return new Map(rows.map(({ id, index }) => [id, index]))
}

/** Hashes of entries `from` to `to`, in order. Fault `log-damaged` when one is missing. */
export async function readLeafHashes(
  db: Queryable,
  from: number,
  to: number,
): Promise<readonly Uint8Array[]> {
  const { rows } = await db.query<{ leaf_hash: Uint8Array }>({
    name: 'ledger-hashes',
    text: 'select leaf_hash from log_entry where index >= $1 and index < $2 order by index',
    values: [from, to],
  })
  if (rows.length !== to - from) throw new Fault('log-damaged', `entries are missing below ${to}`)
  return rows.map((row) => row.leaf_hash)
}

export async function readOutbox(db: Queryable, atMost: number): Promise<readonly OutboxRow[]> {
  const { rows } = await db.query<OutboxRow>({
    name: 'ledger-read-outbox',
    text: 'select id, leaf from outbox order by id limit $1',
    values: [atMost],
  })
  return rows
}

export interface NextBatch {
  readonly before: number
  readonly after: Frontier
  readonly outboxIds: readonly number[]
  readonly hashes: readonly Uint8Array[]
}

/**
 * Moves outbox rows into the log, in one statement that is its own transaction. The comparison with
 * the size is the fence: whoever is not the sequencer any more changes nothing. False: fenced.
 */
export async function moveBatch(db: Queryable, batch: NextBatch): Promise<boolean> {
  const { before, after, outboxIds, hashes } = batch
  const { rows } = await db.query<{ moved: number }>({
    name: 'ledger-move-batch',
    text: `with given as (
        select id, hash, place from unnest($3::bigint[], $4::bytea[]) with ordinality as given (id, hash, place)
      ), head as (
        update log_head set size = $2, frontier = $5
        where size = $1 and (select count(*) from outbox where id = any ($3::bigint[])) = $2::bigint - $1::bigint
        returning size
      ), gone as (
        delete from outbox where id = any ($3::bigint[]) and exists (select from head) returning id, leaf
      ), batch as (
        insert into log_batch (size, first, outbox_ids) select size, $1, $3 from head
      ), entries as (
        insert into log_entry (index, leaf_hash, leaf)
        select $1::bigint + place - 1, hash, leaf from gone join given using (id)
        returning index
      )
      select count(*) as moved from entries`,
    values: [
      before,
      after.size,
      outboxIds,
      hashes.map((hash) => Buffer.from(hash)),
      Buffer.from(after.dump()),
    ],
  })
  return rows[0]?.moved === after.size - before
}

/** Told when rows wait in the outbox, and when a checkpoint was stored. Both are hints. */
export const outboxChannel = 'chaperone_outbox'
export const signedChannel = 'chaperone_signed'
