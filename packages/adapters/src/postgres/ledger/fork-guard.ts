import { existsSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import {
  equalBytes,
  Fault,
  fromBase64,
  fromUtf8,
  toBase64,
  toHex,
  utf8,
  type Sha256,
} from '@chaperone/encoding'
import { Frontier } from '@chaperone/tlog'
import { writeDurably } from '../durable/write-durably.ts'

/**
 * Remembers, in a file outside the database, the newest tree that this process signed or saw signed.
 * A database that was restored from a backup or rewritten does not extend it. Whoever can write both
 * the file and the database is not caught here but by the signer and other witnesses.
 */
export interface ForkGuard extends AsyncDisposable {
  /** The newest tree kept, with its log's name; `undefined` for a guard that is new. */
  newest(): { readonly origin: string; readonly frontier: Frontier } | undefined
  /** Resolves when the disk has it. Rejects on any failure: the process must end then. */
  keep(frontier: Frontier): Promise<void>
}

/**
 * Two slots written in turn, in place: a power cut can tear the one being written and never the other,
 * and a write needs no new name, so that one fdatasync is enough.
 */
const slotSize = 4096
const format = 'chaperone-fork-guard/v1'

/** Faults: `fork-guard-unreadable` (a file that is none of ours, or damaged: nobody may go on from it). */
export async function openForkGuard(file: string, origin: string, sha256: Sha256): Promise<ForkGuard> {
  if (!existsSync(file)) await writeDurably(file, new Uint8Array(2 * slotSize), 0o600)
  const handle = await open(file, 'r+')
  try {
    const slots = await readSlots(handle, file, sha256)
    return forkGuard(handle, slots, origin, sha256)
  } catch (failure) {
    await handle.close()
    throw failure
  }
}

interface Kept {
  readonly origin: string
  readonly frontier: Frontier
  /** Grows with every write; the size does not after a recovery. */
  readonly serial: number
}

function forkGuard(
  handle: FileHandle,
  slots: readonly (Kept | undefined)[],
  origin: string,
  sha256: Sha256,
): ForkGuard {
  const [first, second] = slots
  let slot = (second?.serial ?? 0) > (first?.serial ?? 0) ? 1 : 0
  let kept = slots[slot]
  return {
    newest: () => kept,
    async keep(frontier) {
      const copy = copyOf(frontier, sha256)
      const next = { origin, frontier: copy, serial: (kept?.serial ?? 0) + 1 }
      slot = kept === undefined ? 0 : 1 - slot
      await handle.write(printSlot(next, sha256), 0, slotSize, slot * slotSize)
      await handle.datasync()
      kept = next
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

/** Frontiers grow in place. */
export function copyOf(frontier: Frontier, sha256: Sha256): Frontier {
  const copy = Frontier.restore(frontier.size, frontier.dump(), sha256)
  if (copy === undefined) throw new Fault('log-damaged', 'a tree does not fit its own size')
  return copy
}

async function readSlots(
  handle: FileHandle,
  file: string,
  sha256: Sha256,
): Promise<readonly (Kept | undefined)[]> {
  const bytes = new Uint8Array(2 * slotSize)
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0)
  const slots = [bytes.subarray(0, slotSize), bytes.subarray(slotSize)]
  const parsed = slots.map((slot) => parseSlot(slot, sha256))
  const isNew = bytes.every((byte) => byte === 0)
  if (bytesRead !== bytes.length || (!isNew && parsed.every((slot) => slot === undefined))) {
    throw new Fault('fork-guard-unreadable', `\`${file}\` is damaged or is no fork guard`)
  }
  return parsed
}

function printSlot({ origin, frontier, serial }: Kept, sha256: Sha256): Uint8Array {
  const lines = [format, origin, serial, frontier.size, toBase64(frontier.root()), toBase64(frontier.dump())]
  const text = `${lines.join('\n')}\n`
  const bytes = utf8(`${text}${toHex(sha256(utf8(text)))}\n`)
  if (bytes.length > slotSize) throw new Fault('origin-too-long', 'the log’s name is too long')
  const slot = new Uint8Array(slotSize)
  slot.set(bytes)
  return slot
}

function parseSlot(slot: Uint8Array, sha256: Sha256): Kept | undefined {
  const end = slot.indexOf(0)
  const text = fromUtf8(slot.subarray(0, end < 0 ? slotSize : end)) ?? ''
  const [first, origin = '', serial = '', size = '', root = '', dump = '', sum = '', last] = text.split('\n')
  const signed = text.slice(0, -sum.length - 1)
  if (first !== format || last !== '' || toHex(sha256(utf8(signed))) !== sum) return undefined
  const frontier = Frontier.restore(Number(size), fromBase64(dump) ?? new Uint8Array(1), sha256)
  const rooted = frontier !== undefined && equalBytes(frontier.root(), fromBase64(root) ?? new Uint8Array(0))
  return rooted ? { origin, frontier, serial: Number(serial) } : undefined
}
