import { Fault, type OrderId, type RunId } from '@chaperone/encoding'
import { encodeFrames, firstLink, nextLink, type Frame } from '@chaperone/recording'
import type { Floor } from './floor.ts'
import { untilStored } from './until-stored.ts'

/** One run's output on its way into the store: framed, chained, sealed, in chunks of 256 KiB or one second. */
export interface OutputRecorder {
  add(stream: Frame['stream'], bytes: Uint8Array): void
  /** Frames not yet in a stored chunk, for somebody watching. */
  unstored(): readonly Frame[]
  storedChunks(): number
  /**
   * Resolves when the store has everything, however long it is away: what was heard is held in memory until then.
   * `null` when there was nothing, or when it can never be stored (the order was erased).
   */
  finish(): Promise<RecordedOutput | null>
  /** Resolves when less than the bound is waiting: the executor must not outrun the store. */
  room(): Promise<void>
}

export interface RecordedOutput {
  readonly chunks: number
  readonly bytes: number
  /** The chain's last link. */
  readonly link: Uint8Array
}

const chunkBytes = 256 * 1024
const waitingBytes = 16 * 1024 * 1024
const chunkMilliseconds = 1000

type Parts = Pick<Floor, 'office' | 'vault' | 'timers' | 'alarm'>

export function recordOutput(parts: Parts, order: OrderId, run: RunId): OutputRecorder {
  const { office, vault, timers, alarm } = parts
  const { sha256 } = office.crypto
  const started = office.clock.milliseconds()
  const stopped = new AbortController()
  const roomWaiters = new Set<() => void>()
  let waiting: Frame[] = []
  let waitingSize = 0
  let storing: readonly Frame[] = []
  let chunks = 0
  let bytes = 0
  let link = firstLink(run, sha256)
  let active: Promise<void> | undefined
  let lost = false
  let late = false

  async function storeChunk(frames: readonly Frame[]): Promise<void> {
    const index = chunks
    const sealed = await untilStored(
      timers,
      () => vault.seal(order, run, index, encodeFrames(frames)),
      tellLate,
    )
    const next = nextLink(link, index, sealed, sha256)
    await untilStored(
      timers,
      () => office.ledger.transact((tx) => tx.sql.putChunk({ order, run, index, sealed, link: next })),
      tellLate,
    )
    // In one turn: whoever looks sees these frames either here or in the store.
    chunks++
    link = next
    storing = []
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !lost) {
      storing = waiting
      waiting = []
      await storeChunk(storing)
      waitingSize = waiting.reduce((sum, frame) => sum + frame.bytes.length, 0)
      makeRoom()
    }
  }

  function tellLate(): void {
    if (!late) alarm('output-not-stored-yet', { run })
    late = true
  }

  function flush(): Promise<void> {
    active ??= drain()
      .catch(lose)
      .finally(() => {
        active = undefined
      })
    return active
  }

  /** What cannot be stored must not hold up the run for ever either. */
  function lose(error: unknown): void {
    lost = true
    alarm('recording-lost', { run, code: error instanceof Fault ? error.code : 'defect' })
    makeRoom()
  }

  function makeRoom(): void {
    for (const waiter of roomWaiters) waiter()
    roomWaiters.clear()
  }

  async function tick(): Promise<void> {
    while (!stopped.signal.aborted) {
      await timers.sleep(chunkMilliseconds, stopped.signal).catch(() => undefined)
      if (!stopped.signal.aborted) void flush()
    }
  }
  void tick()

  return {
    add(stream, piece) {
      const microseconds = Math.max(0, Math.round((office.clock.milliseconds() - started) * 1000))
      waiting.push({ stream, microseconds, bytes: piece })
      waitingSize += piece.length
      bytes += piece.length
      if (waitingSize >= chunkBytes) void flush()
    },
    unstored: () => [...storing, ...waiting],
    storedChunks: () => chunks,
    async room() {
      if (waitingSize < waitingBytes || lost) return
      await new Promise<void>((resolve) => roomWaiters.add(resolve))
    },
    async finish() {
      stopped.abort()
      while (!lost && (active !== undefined || waiting.length > 0)) await flush()
      return lost || chunks === 0 ? null : { chunks, bytes, link }
    },
  }
}
