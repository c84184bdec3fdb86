import type pg from 'pg'
import { equalBytes, Fault, type Sha256 } from '@chaperone/encoding'
import { leafHash, signCheckpoint, type Frontier, type Sign, type VerifierKey } from '@chaperone/tlog'
import { asFault, isStorageFailure } from '../database/failure.ts'
import type { Database } from '../database/open-database.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import type { Bell } from './bell.ts'
import { copyOf, type ForkGuard } from './fork-guard.ts'
import { behindGuard, contradiction, grown } from './guarded-log.ts'
import {
  moveBatch,
  outboxChannel,
  readBatches,
  readCheckpoint,
  readFrontier,
  readOutbox,
  signedChannel,
  storeCheckpoint,
  type OutboxRow,
} from './log-tables.ts'

/** The log's name and key: a C2SP Ed25519 signed-note key whose name is the origin. */
export interface LogKey {
  readonly verifier: VerifierKey
  readonly sign: Sign
}

export interface SequencerOptions {
  readonly database: Pick<Database<unknown>, 'connect'>
  readonly key: LogKey
  readonly sha256: Sha256
  readonly guard: ForkGuard
  readonly acknowledged: Acknowledgements
  readonly bell: Bell
  /** A new checkpoint is in the tables. */
  readonly onSigned: () => void
  /** The store may have lost what it promised, or the log forked: the process must end. */
  readonly onFatal: (failure: unknown) => void
}

export interface Sequencer {
  /** True while this process is the one that orders events. */
  isHere(): boolean
  /** Sequences, or follows whoever does, until aborted; finds the database again by itself. */
  run(signal: AbortSignal): Promise<void>
}

/** Of the advisory lock; the number only has to be ours. */
const lockKey = 0x6368_6170
const batchAtMost = 1000
/** Between looks at the tables when no hint comes. */
const pollMilliseconds = 250
const pollWhenAwaited = 50
const reconnectAtMost = 1000

/**
 * One process of all that share the database puts events into order. Who holds the lock does it; a
 * lock that was lost without notice does no harm, because a batch only moves when the log's size is
 * the one that its mover knew.
 */
export function makeSequencer(options: SequencerOptions): Sequencer {
  let here = false
  return {
    isHere: () => here,
    async run(signal) {
      for (let pause = 50; !signal.aborted; pause = Math.min(2 * pause, reconnectAtMost)) {
        try {
          await session(options, signal, (holding) => {
            here = holding
            pause = 50
          })
        } catch (failure) {
          if (signal.aborted) return
          if (!recoversByItself(failure)) return options.onFatal(failure)
        } finally {
          here = false
        }
        await options.bell.wait(pause, signal)
      }
    },
  }
}

function recoversByItself(failure: unknown): boolean {
  if (isStorageFailure(failure)) return false
  const fault = asFault(failure, true)
  return (
    fault instanceof Fault && ['store-unavailable', 'store-conflict', 'sequencer-fenced'].includes(fault.code)
  )
}

async function session(
  options: SequencerOptions,
  signal: AbortSignal,
  onHolding: (holding: boolean) => void,
): Promise<void> {
  const { database, acknowledged, bell } = options
  const client = await database.connect()
  try {
    client.on('notification', () => bell.ring())
    await client.query(`listen ${outboxChannel}`)
    await client.query(`listen ${signedChannel}`)
    await refuseContradiction(options, client)
    while (!signal.aborted) {
      if (await takesLock(client)) {
        onHolding(true)
        return await sequence(options, client, signal)
      }
      await follow(options, client)
      await bell.wait(acknowledged.isAwaited() ? pollWhenAwaited : pollMilliseconds, signal)
    }
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function refuseContradiction(
  { guard, key, sha256 }: SequencerOptions,
  client: pg.Client,
): Promise<void> {
  const found = await contradiction(guard, key.verifier.name, client, sha256)
  if (found !== undefined) throw behindGuard(found)
}

async function takesLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
    lockKey,
  ])
  return rows[0]?.taken === true
}

/** Another process sequences: learns what it signed, and holds it to the guard like a witness. */
async function follow(options: SequencerOptions, client: pg.Client): Promise<void> {
  const { guard, sha256, acknowledged, onSigned } = options
  const newest = await readCheckpoint(client)
  if (newest === undefined || newest.size <= acknowledged.size()) return
  const kept = guard.newest()?.frontier ?? (await readFrontier(client, sha256))
  if (kept.size < newest.size) {
    const frontier = await grown(kept, client, newest.size, sha256)
    if (!equalBytes(frontier.root(), newest.root)) {
      throw new Fault('log-forked', `the checkpoint of size ${newest.size} is not over these entries`)
    }
    await keep(guard, frontier)
  }
  await takeFromTables(options, client)
  onSigned()
}

async function takeFromTables({ acknowledged }: SequencerOptions, client: pg.Client): Promise<void> {
  for (;;) {
    const batches = await readBatches(client, acknowledged.size())
    if (batches.length === 0) return
    for (const batch of batches) {
      if (acknowledged.take(batch)) continue
      throw new Fault('log-damaged', `no batch leads from ${acknowledged.size()} to ${batch.first}`)
    }
  }
}

async function sequence(options: SequencerOptions, client: pg.Client, signal: AbortSignal): Promise<void> {
  const { sha256, acknowledged, bell } = options
  let frontier = await readFrontier(client, sha256)
  // Whoever was here before may have died between commit and signature.
  let rows = await signCommitted(options, client, frontier)
  await takeFromTables(options, client)
  options.onSigned()
  while (!signal.aborted) {
    if (rows.length === 0) {
      await bell.wait(pollMilliseconds, signal)
      if ((await readFrontier(client, sha256)).size !== frontier.size) throw fenced()
      rows = await readOutbox(client, batchAtMost)
      continue
    }
    const first = frontier.size
    const taken = rows
    frontier = await append(options, client, frontier, taken)
    rows = await signCommitted(options, client, frontier)
    if (!acknowledged.take({ first, size: frontier.size, outboxIds: taken.map((row) => row.id) })) {
      throw new Fault('log-damaged', `this process does not know the log before ${first}`)
    }
    options.onSigned()
  }
}

async function append(
  { sha256 }: SequencerOptions,
  client: pg.Client,
  before: Frontier,
  rows: readonly OutboxRow[],
): Promise<Frontier> {
  const after = copyOf(before, sha256)
  const hashes = rows.map((row) => leafHash(row.leaf, sha256))
  for (const hash of hashes) after.append(hash)
  const outboxIds = rows.map((row) => row.id)
  const moved = await moveBatch(client, { before: before.size, after, outboxIds, hashes })
  if (moved) return after
  throw fenced()
}

function fenced(): Fault {
  return new Fault('sequencer-fenced', 'another process changed the log', { retryable: true })
}

/**
 * Signs a tree only once it is committed: a signature over a tree that a crash takes back would be a
 * fork. Ed25519 is deterministic, so doing it again gives the same note. Answers what waits next, which
 * is asked for in the same breath.
 */
async function signCommitted(
  options: SequencerOptions,
  client: pg.Client,
  frontier: Frontier,
): Promise<readonly OutboxRow[]> {
  const { key, guard } = options
  const { size } = frontier
  const root = frontier.root()
  const note = signCheckpoint({ origin: key.verifier.name, size, root }, key.verifier, key.sign)
  await keep(guard, frontier)
  const stored = storeCheckpoint(client, { size, root: Buffer.from(root), note })
  const [next] = await Promise.all([readOutbox(client, batchAtMost), stored])
  return next
}

async function keep(guard: ForkGuard, frontier: Frontier): Promise<void> {
  try {
    await guard.keep(frontier)
  } catch (cause) {
    throw new Fault('fork-guard-failed', 'the fork guard could not be written', { cause })
  }
}
