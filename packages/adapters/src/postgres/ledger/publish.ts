import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { concat, equalBytes, Fault, fromUtf8, type Sha256 } from '@chaperone/encoding'
import {
  encodeBundle,
  Frontier,
  hashSize,
  leafHash,
  parseCheckpoint,
  parseNote,
  tilePath,
  tileWidth,
  tileWidths,
} from '@chaperone/tlog'
import { syncFolder, writeDurably, writeWhole } from '../durable/write-durably.ts'
import { cosignedCheckpoint } from './cosignatures.ts'
import { readCheckpoint, type Queryable } from './log-tables.ts'

/**
 * Writes the log as files in the layout of C2SP tlog-tiles: complete tiles once, the last ones as
 * partial tiles, `checkpoint` after everything it speaks of. The folder holds nothing that the tables
 * do not: delete it, and the same bytes come back.
 *
 * Whoever controls the folder can withhold the log or show an older one, and cannot make another one
 * verify.
 */
export interface Publisher {
  /** Publishes up to the newest checkpoint. Fault `log-damaged`: the entries are not what was signed. */
  publish(): Promise<void>
}

export interface PublisherOptions {
  readonly folder: string
  readonly db: Queryable
  readonly sha256: Sha256
}

/** What is written: hashes of each level's last, incomplete tile, level 0 left out. */
interface Written {
  /** Complete bundles, and so complete tiles of level 0. */
  bundles: number
  readonly upper: Uint8Array[][]
}

const bundlesAtOnce = 16

export function makePublisher(options: PublisherOptions): Publisher {
  let written: Written | undefined
  let last = ''
  return {
    async publish() {
      written ??= await takeUp(options)
      const { size, note } = await cosignedCheckpoint(options.db)
      const checkpoint = join(options.folder, 'checkpoint')
      if (note === last && existsSync(checkpoint)) return
      try {
        await publishTiles(options, written, size, note)
      } catch (failure) {
        written = undefined // how far it came is on the disk
        throw failure
      }
      await onDisk(() => writeWhole(checkpoint, note))
      last = note
    },
  }
}

async function publishTiles(
  options: PublisherOptions,
  written: Written,
  size: number,
  note: string,
): Promise<void> {
  const total = Math.floor(size / tileWidth)
  while (written.bundles < total) {
    const until = Math.min(total, written.bundles + bundlesAtOnce)
    const leaves = await readLeaves(options.db, written.bundles * tileWidth, until * tileWidth)
    for (let at = 0; at < leaves.length; at += tileWidth) {
      await publishBundle(options, written, leaves.slice(at, at + tileWidth))
    }
  }
  const rest = await readLeaves(options.db, total * tileWidth, size)
  const hashes = rest.map((leaf) => leafHash(leaf, options.sha256))
  const root = rootOf([hashes, ...written.upper], options.sha256)
  if (!equalBytes(root, checkpointOf(note)?.root ?? new Uint8Array(0))) {
    throw new Fault('log-damaged', `the entries below ${size} are not those that were signed`)
  }
  await publishPartial(options, written, size, rest, hashes)
}

/** One complete bundle, its tile, and every tile above that it completes. */
async function publishBundle(
  { folder, sha256 }: PublisherOptions,
  written: Written,
  leaves: readonly Uint8Array[],
): Promise<void> {
  await write(folder, tilePath('entries', written.bundles), encodeBundle(leaves))
  let hashes: readonly Uint8Array[] = leaves.map((leaf) => leafHash(leaf, sha256))
  let index = written.bundles
  for (let level = 0; ; level++) {
    await write(folder, tilePath(level, index), concat(...hashes))
    const above = (written.upper[level] ??= [])
    above.push(rootOf([hashes], sha256))
    if (above.length < tileWidth) break
    hashes = above
    written.upper[level] = []
    index = Math.floor(index / tileWidth)
  }
  written.bundles++
  await dropPartial(folder, tilePath('entries', written.bundles - 1))
  await dropPartial(folder, tilePath(0, written.bundles - 1))
}

/** Not synced: whoever takes the folder up again compares these with what was signed. */
async function publishPartial(
  { folder }: PublisherOptions,
  { upper }: Written,
  size: number,
  leaves: readonly Uint8Array[],
  hashes: readonly Uint8Array[],
): Promise<void> {
  if (leaves.length > 0) {
    const path = tilePath('entries', Math.floor(size / tileWidth), leaves.length)
    await write(folder, path, encodeBundle(leaves), writeWhole)
  }
  for (const [level, tile] of [hashes, ...upper].entries()) {
    const { full } = tileWidths(size, level)
    if (tile.length > 0) await write(folder, tilePath(level, full, tile.length), concat(...tile), writeWhole)
  }
}

/** Partial tiles may go once the complete one is there (tlog-tiles, "Partial Tiles"). */
async function dropPartial(folder: string, path: string): Promise<void> {
  await onDisk(() => rm(join(folder, `${path}.p`), { recursive: true, force: true }))
}

async function readLeaves(db: Queryable, from: number, to: number): Promise<readonly Uint8Array[]> {
  if (from === to) return []
  const { rows } = await db.query<{ leaf: Uint8Array }>({
    name: 'ledger-leaves',
    text: 'select leaf from log_entry where index >= $1 and index < $2 order by index',
    values: [from, to],
  })
  if (rows.length !== to - from)
    throw new Fault('log-damaged', `entries are missing between ${from} and ${to}`)
  return rows.map((row) => row.leaf)
}

/** The root over the incomplete tiles of all levels: each level's tree ends in the tree of the level below. */
function rootOf(levels: readonly (readonly Uint8Array[])[], sha256: Sha256): Uint8Array {
  let below: Uint8Array | undefined
  for (const hashes of levels) {
    const frontier = new Frontier(sha256)
    for (const hash of hashes) frontier.append(hash)
    if (below !== undefined) frontier.append(below)
    below = frontier.size === 0 ? undefined : frontier.root()
  }
  return below ?? new Frontier(sha256).root()
}

/**
 * Goes on from a folder whose checkpoint is the database's and whose last tiles give its root;
 * anything else is written anew from the tables.
 */
async function takeUp({ folder, db, sha256 }: PublisherOptions): Promise<Written> {
  await makeFolder(folder)
  const text = fromUtf8((await readIfThere(join(folder, 'checkpoint'))) ?? new Uint8Array(0)) ?? ''
  const published = checkpointOf(text)
  const signed = published && (await readCheckpoint(db, published.size))
  if (published !== undefined && signed !== undefined && equalBytes(signed.root, published.root)) {
    const levels = await lastTiles(folder, published.size)
    if (levels !== undefined && equalBytes(rootOf(levels, sha256), published.root)) {
      return { bundles: Math.floor(published.size / tileWidth), upper: levels.slice(1) }
    }
  }
  await onDisk(() => rm(join(folder, 'checkpoint'), { force: true }))
  await onDisk(() => rm(join(folder, 'tile'), { recursive: true, force: true }))
  return { bundles: 0, upper: [] }
}

async function lastTiles(folder: string, size: number): Promise<Uint8Array[][] | undefined> {
  const levels: Uint8Array[][] = []
  for (let level = 0; tileWidth ** level <= size; level++) {
    const { full, partial } = tileWidths(size, level)
    const tile =
      partial === 0 ? new Uint8Array(0) : await readIfThere(join(folder, tilePath(level, full, partial)))
    if (tile?.length !== partial * hashSize) return undefined
    levels.push(Array.from({ length: partial }, (_, i) => tile.subarray(i * hashSize, (i + 1) * hashSize)))
  }
  return levels
}

function checkpointOf(note: string): { readonly size: number; readonly root: Uint8Array } | undefined {
  const parsed = parseNote(note)
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : undefined
  return checkpoint?.ok === true ? checkpoint.value : undefined
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  return onDisk(() => (existsSync(file) ? readFile(file) : Promise.resolve(undefined)))
}

async function write(
  folder: string,
  path: string,
  content: Uint8Array,
  how: typeof writeWhole = writeDurably,
): Promise<void> {
  const file = join(folder, path)
  await makeFolder(dirname(file))
  await onDisk(() => how(file, content))
}

/** `mkdir -p` whose new names survive a power cut. */
async function makeFolder(folder: string): Promise<void> {
  await onDisk(async () => {
    const first = await mkdir(folder, { recursive: true })
    if (first === undefined) return
    for (let at = folder; at.length >= first.length; at = dirname(at)) syncFolder(dirname(at))
  })
}

/** Told apart from a failure of the database, whose sockets fail with the system's words too. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown }
    const retryable = code === 'ENOSPC' || code === 'EDQUOT'
    throw new Fault('publication-failed', 'the published log could not be written', { cause, retryable })
  }
}
