import { ok, type OrderId, type RunId } from '@chaperone/encoding'
import { activeRun, runnableStep, type Refusal, type WorkOrder } from '@chaperone/domain'
import { changeOrder } from '../change-order.ts'
import type { Lease } from '../ledger.ts'
import type { Floor } from './floor.ts'
import { liveRuns, type LiveRuns } from './live-runs.ts'
import { runStep } from './run-step.ts'

/** Runs what was allowed, in its order, and settles what another process left behind. */
export interface OrderRunner {
  /** Looks at this order now: something about it changed. */
  kick(order: OrderId): void
  kill(run: RunId): boolean
  readonly live: LiveRuns
  /** Looks for work until aborted; then kills what runs and waits for it to be recorded. */
  run(signal: AbortSignal): Promise<void>
}

const leaseSeconds = 10
const renewMilliseconds = 3000
const sweepMilliseconds = 1000

export function runOrders(floor: Floor): OrderRunner {
  const live = liveRuns()
  const held = new Map<OrderId, Promise<void>>()

  function kick(order: OrderId): void {
    if (held.has(order)) return
    const work = hold(order)
      .catch((error: unknown) =>
        floor.alarm('order-not-run', { order, message: error instanceof Error ? error.message : '' }),
      )
      .finally(() => held.delete(order))
    held.set(order, work)
  }

  async function hold(id: OrderId): Promise<void> {
    const order = await floor.office.reader.order(id)
    if (order === undefined || (runnableStep(order) === undefined && activeRun(order) === undefined)) return
    const lease = await floor.office.ledger.lease(`order:${id}`, floor.holder, leaseSeconds)
    if (lease === undefined) return
    const lost = new AbortController()
    const renewing = renew(floor, lease, lost)
    try {
      await settle(floor, id)
      await runAllowed(floor, live, id, lost.signal)
    } finally {
      lost.abort()
      await renewing
      await lease.release().catch(() => undefined) // it runs out by itself
    }
  }

  return {
    kick,
    kill: (run) => live.kill(run),
    live,
    async run(signal) {
      while (!signal.aborted) {
        try {
          for (const order of await floor.office.reader.allowed()) if (isDue(order, floor)) kick(order.order)
          for (const order of await floor.office.reader.running()) kick(order.order)
        } catch (error) {
          floor.alarm('sweep-failed', { message: error instanceof Error ? error.message : '' })
        }
        await floor.timers.sleep(sweepMilliseconds, signal).catch(() => undefined)
      }
      live.killAll()
      await Promise.all(held.values())
    },
  }
}

function isDue(order: WorkOrder, floor: Floor): boolean {
  const now = floor.office.clock.now()
  return runnableStep(order) !== undefined && order.notBefore <= now && now < order.notAfter
}

/**
 * Whoever held the lease before is gone, and what its run did is not known: it is written as unknown, never retried
 * and never called failed (invariant 2).
 */
async function settle(floor: Floor, id: OrderId): Promise<void> {
  const order = await floor.office.reader.order(id)
  const left = order === undefined ? undefined : activeRun(order)
  if (left === undefined) return
  floor.alarm('run-fate-unknown', { order: id, run: left.run })
  await changeOrder<Refusal>(floor.office, id, (_, { at }) =>
    ok([
      {
        v: 1,
        type: 'run-ended',
        at,
        order: id,
        run: left.run,
        outcome: { result: 'unknown', reason: 'gateway-lost' },
        serial: null,
        recording: null,
      },
    ]),
  )
}

/** One step after another until one does not succeed, nothing is allowed any more, or the lease is lost. */
async function runAllowed(floor: Floor, live: LiveRuns, id: OrderId, lost: AbortSignal): Promise<void> {
  while (!lost.aborted) {
    const order = await floor.office.reader.order(id)
    const step = order === undefined ? undefined : runnableStep(order)
    if (order === undefined || step === undefined || !isDue(order, floor)) return
    const done = await runStep(floor, live, order, step, lost)
    if (!done.ok) {
      floor.alarm('step-not-run', { order: id, step, refusal: done.error.code })
      return
    }
    if (done.value.runs.at(-1)?.outcome?.result !== 'succeeded') return
  }
}

async function renew(floor: Floor, lease: Lease, lost: AbortController): Promise<void> {
  while (!lost.signal.aborted) {
    await floor.timers.sleep(renewMilliseconds, lost.signal).catch(() => undefined)
    if (lost.signal.aborted) return
    const kept = await Promise.race([
      lease.renew().catch(() => undefined),
      floor.timers.sleep(Math.max(1, lease.remaining())).then(() => undefined),
    ])
    if (kept === false || (kept === undefined && lease.remaining() <= 0)) lost.abort()
  }
}
