import type { OrderId, RunId } from '@chaperone/encoding'
import { encodeFrames, firstLink, nextLink, type Frame } from '@chaperone/recording'
import type { Office } from '../office.ts'
import type { Timers } from './floor.ts'
import type { Vault } from './vault.ts'

/** One run's output on its way into the store: framed, chained, sealed, in chunks of 256 KiB or one second. */
export interface OutputRecorder {
  add(stream: Frame['stream'], bytes: Uint8Array): void
  /** Frames not yet in a stored chunk, for somebody watching. */
  unstored(): readonly Frame[]
  storedChunks(): number
  /** Resolves when the store has everything; it retries until it does, or until `give up` is aborted. */
  finish(giveUp: AbortSignal): Promise<RecordedOutput | null>
  /** Resolves when less than the bound is waiting: the executor must not outrun the store. */
  room(): Promise<void>
}

export interface RecordedOutput {
  readonly chunks: number
  readonly bytes: number
  /** Hex of the chain's last link. */
  readonly link: Uint8Array
}

const chunkBytes = 256 * 1024
const waitingBytes = 16 * 1024 * 1024

export function recordOutput(
  office: Office,
  vault: Vault,
  timers: Timers,
  order: OrderId,
  run: RunId,
): OutputRecorder {
  const started = office.clock.milliseconds()
  let pending: Frame[] = []
  let pendingBytes = 0
  let storing: readonly Frame[] = []
  let storingBytes = 0
  let chunks = 0
  let bytes = 0
  let link = firstLink(run, office.crypto.sha256)
  let active: Promise<void> | undefined
  const stopped = new AbortController()
  const roomWaiters = new Set<() => void>()

  async function storeChunk(frames: readonly Frame[]): Promise<void> {
    const sealed = await vault.seal(order, run, chunks, encodeFrames(frames))
    const next = nextLink(link, chunks, sealed, office.crypto.sha256)
    for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
      try {
        await office.ledger.transact((tx) =>
          tx.sql.putChunk({ order, run, index: chunks, sealed, link: next }),
        )
        break
      } catch (error) {
        if (stopped.signal.aborted) throw error
        await timers.sleep(wait, stopped.signal)
      }
    }
    chunks++
    link = next
  }

  async function drain(): Promise<void> {
    while (pending.length > 0) {
      storing = pending
      storingBytes = pendingBytes
      pending = []
      pendingBytes = 0
      await storeChunk(storing)
      storing = []
      storingBytes = 0
      for (const waiter of roomWaiters) waiter()
      roomWaiters.clear()
    }
  }

  function flush(): Promise<void> {
    active ??= drain().finally(() => {
      active = undefined
    })
    return active
  }

  async function tick(): Promise<void> {
    while (!stopped.signal.aborted) {
      await timers.sleep(1000, stopped.signal).catch(() => undefined)
      if (!stopped.signal.aborted) await flush().catch(() => undefined)
    }
  }
  void tick()

  return {
    add(stream, piece) {
      const microseconds = Math.max(0, Math.round((office.clock.milliseconds() - started) * 1000))
      pending.push({ stream, microseconds, bytes: piece })
      pendingBytes += piece.length
      bytes += piece.length
      if (pendingBytes >= chunkBytes) flush().catch(() => undefined) // `finish` tries again and reports
    },
    unstored: () => [...storing, ...pending],
    storedChunks: () => chunks,
    async room() {
      if (pendingBytes + storingBytes < waitingBytes) return
      await new Promise<void>((resolve) => roomWaiters.add(resolve))
    },
    async finish(giveUp) {
      giveUp.addEventListener('abort', () => stopped.abort(), { once: true })
      await flush()
      await flush()
      stopped.abort()
      return chunks === 0 ? null : { chunks, bytes, link }
    },
  }
}
