import { Fault } from '@chaperone/encoding'
import type { LedgerEntry } from '../ledger.ts'
import type { Office } from '../office.ts'
import type { SignerClient } from '../signer-client.ts'
import type { Timers } from './floor.ts'

/** What the signer has cosigned; a run waits for its intent to be in it (invariant 2). */
export interface Cosigned {
  size(): number
  /** Rejects with `signer-unavailable` when it takes longer than `milliseconds`. */
  waitFor(size: number, milliseconds: number): Promise<void>
}

export interface SignerFeed extends Cosigned {
  /** Ends the feed; `run` resolves. */
  run(signal: AbortSignal): Promise<void>
  /** The last thing the signer refused, for people to see. */
  trouble(): string | undefined
}

const mostEntries = 4000

/**
 * Keeps the signer reading the log: hands it every entry up to the newest checkpoint, keeps its cosignature, and
 * offers it rosters as they are adopted. The signer judges all of it; this only carries.
 */
export function feedSigner(
  office: Office,
  signer: SignerClient,
  timers: Timers,
  alarm: (code: string, facts: Readonly<Record<string, unknown>>) => void,
): SignerFeed {
  let size = 0
  let trouble: string | undefined
  const waiters = new Set<{ readonly size: number; readonly resolve: () => void }>()

  function advance(to: number): void {
    size = to
    trouble = undefined
    for (const waiter of waiters) if (waiter.size <= size) waiter.resolve()
  }

  async function feedOnce(from: number, signal: AbortSignal): Promise<number> {
    await office.ledger.waitFor(from + 1, signal)
    const [checkpoint, first] = await Promise.all([
      office.ledger.checkpoint(),
      office.ledger.entries(from, from + mostEntries),
    ])
    const to = sizeOf(checkpoint)
    let part: readonly LedgerEntry[] = first.slice(0, to - from)
    for (let at = from; ;) {
      if (part.length === 0) throw new Fault('log-entries-missing', 'the log is shorter than its checkpoint')
      const last = at + part.length === to
      const entries = part.map((entry) => entry.leaf)
      const read = await signer.readLog({ checkpoint: last ? checkpoint : null, from: at, entries })
      if (!read.ok) return fedByAnother(signer, from, read.error.code)
      at += part.length
      if (last) {
        advance(to) // the signer has it: keeping its line is for those who verify, and no run waits for it
        await office.ledger.addCosignature(to, read.value)
        return to
      }
      part = await office.ledger.entries(at, Math.min(to, at + mostEntries))
    }
  }

  async function connect(): Promise<number> {
    const status = await signer.status()
    for (const { roster } of await office.reader.rostersFrom(status.rosterVersion + 1)) {
      const offered = await signer.offerRoster(roster)
      if (!offered.ok) throw new Fault(`signer-${offered.error.code}`, 'the signer refused the roster')
    }
    return status.logSize
  }

  return {
    size: () => size,
    trouble: () => trouble,
    waitFor(wanted, milliseconds) {
      if (size >= wanted) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const timeout = new AbortController()
        const waiter = { size: wanted, resolve: settle }
        function settle(): void {
          waiters.delete(waiter)
          timeout.abort()
          resolve()
        }
        waiters.add(waiter)
        timers.sleep(milliseconds, timeout.signal).then(
          () => {
            waiters.delete(waiter)
            reject(new Fault('signer-unavailable', 'the signer did not cosign in time', { retryable: true }))
          },
          () => undefined,
        )
      })
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          let position = await connect()
          advance(position)
          let rosters = (await office.reader.latestRoster())?.version
          while (!signal.aborted) {
            position = await feedOnce(position, signal)
            advance(position)
            const latest = (await office.reader.latestRoster())?.version
            if (latest !== rosters) await connect()
            rosters = latest
          }
        } catch (error) {
          if (signal.aborted) return
          const code = error instanceof Fault ? error.code : 'signer-feed-failed'
          if (trouble !== code) alarm(code, { message: error instanceof Error ? error.message : '' })
          trouble = code
          await timers.sleep(300, signal).catch(() => undefined)
        }
      }
    },
  }
}

/** Two gateways feed one signer: being behind the other is no trouble, anything else is. */
async function fedByAnother(signer: SignerClient, from: number, code: string): Promise<number> {
  const { logSize } = await signer.status()
  if (logSize > from) return logSize
  throw new Fault(`signer-${code}`, 'the signer refused the log')
}

/** The tree size in a checkpoint's second line; the ledger made it, the signer checks it. */
function sizeOf(checkpoint: string): number {
  const size = Number(checkpoint.split('\n')[1])
  if (!Number.isSafeInteger(size)) throw new Fault('checkpoint-malformed', 'a checkpoint of ours has no size')
  return size
}
