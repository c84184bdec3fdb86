import { Fault, ok, type Digest, type OrderId, type RunId } from '@chaperone/encoding'
import { activeRun, runnableStep, type Context, type WorkOrder } from '@chaperone/domain'
import { changeOrder } from '../change-order.ts'
import { openOrder, type OpenedOrder } from '../openings.ts'
import { contextNow } from '../organisation.ts'
import type { Floor } from './floor.ts'
import { liveRuns, type LiveRuns } from './live-runs.ts'
import { runStep } from './run-step.ts'
import { tenure, type Tenure } from './tenure.ts'

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
const sweepMilliseconds = 1000
const graceMilliseconds = 3000
const freshMilliseconds = 2000

export function runOrders(floor: Floor): OrderRunner {
  const live = liveRuns()
  const held = new Map<OrderId, Promise<void>>()
  const hindrances = hindered(floor)
  const readiness = signerReadiness(floor)
  let ending = false

  function kick(order: OrderId): void {
    if (ending || held.has(order)) return
    const work = hold(order)
      .catch((error: unknown) => hindrances.tell(order, codeOf(error)))
      .finally(() => held.delete(order))
    held.set(order, work)
  }

  async function look(id: OrderId): Promise<Seen | undefined> {
    const [order, context] = await Promise.all([floor.office.reader.order(id), contextNow(floor.office)])
    return order === undefined ? undefined : { order, context }
  }

  async function hold(id: OrderId): Promise<void> {
    const before = await look(id)
    if (before === undefined || (activeRun(before.order) === undefined && dueStep(before) === undefined))
      return
    const open = openedOnce(floor)
    void open(before.order).catch(() => undefined) // who needs it hears of it
    const lease = await floor.office.ledger.lease(`order:${id}`, floor.holder, leaseSeconds)
    if (lease === undefined) return
    const ours = tenure(lease, floor.timers)
    try {
      await settle(floor, id, ours)
      await runAllowed(id, ours, open)
    } finally {
      await ours.end()
    }
  }

  /** One step after another until one does not succeed, nothing is allowed any more, or the lease is lost. */
  async function runAllowed(id: OrderId, ours: Tenure, open: Open): Promise<void> {
    while (ours.held() && !ending) {
      const [seen, hindrance] = await Promise.all([look(id), readiness().catch(codeOf)])
      const step = seen === undefined ? undefined : dueStep(seen)
      if (seen === undefined || step === undefined) return
      if (hindrance !== undefined) return hindrances.tell(id, hindrance)
      const { order } = seen
      const done = await runStep(floor, live, { order, step, opened: await open(order) }, ours)
      if (!done.ok) return hindrances.tell(id, done.error.code)
      hindrances.clear(id)
      if (done.value.runs.at(-1)?.outcome?.result !== 'succeeded') return
    }
  }

  async function sweep(): Promise<void> {
    const [allowed, running] = await Promise.all([
      floor.office.reader.allowed(),
      floor.office.reader.running(),
    ])
    for (const order of [...allowed, ...running]) kick(order.order)
  }

  return {
    kick,
    kill: (run) => live.kill(run),
    live,
    async run(signal) {
      while (!signal.aborted) {
        await sweep().then(
          () => hindrances.clear('sweep'),
          (error: unknown) => hindrances.tell('sweep', codeOf(error)),
        )
        await floor.timers.sleep(sweepMilliseconds, signal).catch(() => undefined)
      }
      ending = true
      live.killAll()
      await Promise.all(held.values())
    },
  }
}

/**
 * Whether the signer would issue, since an intent that it refuses only uses the attempt up. One that started just now
 * counts intents of that second as earlier ones; our own is what makes its head fresh, so it is held back a little.
 */
function signerReadiness({ signer, office }: Floor): () => Promise<string | undefined> {
  let startedSince: number | undefined
  return async () => {
    const { ready, reason } = await signer.status()
    const now = office.clock.milliseconds()
    startedSince = ready ? undefined : (startedSince ?? now)
    if (startedSince === undefined) return undefined
    const waited = reason === 'no-fresh-head' && now - startedSince >= freshMilliseconds
    return waited ? undefined : `signer-${reason ?? 'not-ready'}`
  }
}

type Open = (order: WorkOrder) => Promise<OpenedOrder>

/** What an order's digest stands for never changes: it is opened once for all of its steps. */
function openedOnce({ office }: Floor): Open {
  let last: { readonly digest: Digest; readonly opened: Promise<OpenedOrder> } | undefined
  return ({ orderDigest: digest, steps }) => {
    const analyses = steps.map((step) => step.analysis)
    if (last?.digest !== digest) last = { digest, opened: openOrder(office.reader, digest, analyses) }
    return last.opened
  }
}

interface Seen {
  readonly order: WorkOrder
  readonly context: Context
}

/** The step that may run now, under the roster in force. */
function dueStep({ order, context: { at, roster } }: Seen): number | undefined {
  const open = order.notBefore <= at && at < order.notAfter
  return open ? runnableStep(order, roster.version) : undefined
}

/**
 * Whoever held the lease before is gone, and what its run did is not known: it is written as unknown, never retried
 * and never called failed (invariant 2). It is given a moment first: a process that only lost the store for a while
 * knows more and writes it as soon as the store is back.
 */
async function settle(floor: Floor, id: OrderId, ours: Tenure): Promise<void> {
  const { office } = floor
  const before = await office.reader.order(id)
  if (before === undefined || activeRun(before) === undefined) return
  await floor.timers.sleep(graceMilliseconds, ours.lost).catch(() => undefined)
  const order = await office.reader.order(id)
  const left = order === undefined ? undefined : activeRun(order)
  if (left === undefined || !ours.held()) return
  floor.alarm('run-fate-unknown', { order: id, run: left.run })
  await changeOrder(office, id, (_, { at }) =>
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

interface Hindrances {
  tell(what: string, code: string): void
  clear(what: string): void
}

/** What keeps an order from running is told once, and again when it is something else; the sweep is every second. */
function hindered(floor: Floor): Hindrances {
  const told = new Map<string, string>()
  return {
    tell(what, code) {
      if (told.get(what) === code) return
      if (told.size > 10_000) told.clear()
      told.set(what, code)
      floor.alarm('not-run', { what, code })
    },
    clear: (what) => void told.delete(what),
  }
}

function codeOf(error: unknown): string {
  return error instanceof Fault ? error.code : 'defect'
}
