import type { Lease } from '../ledger.ts'
import type { Timers } from './floor.ts'

/**
 * A process's hold on an order. `lost` aborts when the lease is over; `held` asks the lease itself, because a process
 * that was paused runs on before its timers do.
 */
export interface Tenure {
  readonly lost: AbortSignal
  held(): boolean
  /** Gives the lease back. */
  end(): Promise<void>
}

const renewMilliseconds = 3000

/** Renews the lease until it ends or is lost; the store being away for longer than the lease is losing it. */
export function tenure(lease: Lease, timers: Timers): Tenure {
  const over = new AbortController()
  const lost = new AbortController()

  async function renew(): Promise<void> {
    while (!over.signal.aborted) {
      await timers.sleep(renewMilliseconds, over.signal).catch(() => undefined)
      if (over.signal.aborted) return
      const late = new AbortController()
      const kept = await Promise.race([
        lease.renew().catch(() => undefined), // the store is away: ours until it runs out
        timers.sleep(Math.max(1, lease.remaining()), late.signal).catch(() => undefined),
      ])
      late.abort()
      if (kept === false || lease.remaining() <= 0) return lost.abort()
    }
  }

  const renewing = renew()
  return {
    lost: lost.signal,
    held: () => !lost.signal.aborted && lease.remaining() > 0,
    async end() {
      over.abort()
      await renewing
      await lease.release().catch(() => undefined) // it runs out by itself
    },
  }
}
