import { instantOf, secondsOf, toHex, type Instant, type OrderId } from '@chaperone/encoding'
import type { Fact, JournalRecord } from './journal-record.ts'
import type { Memory } from './memory.ts'

const forgottenAfterSeconds = 24 * 60 * 60

/** Orders whose window closed before this can never be run again. */
export function forgettingLimit(at: Instant): Instant {
  return instantOf(secondsOf(at) - forgottenAfterSeconds)
}

/** Everything that still matters, as one record. */
export function snapshot(memory: Memory, at: Instant): JournalRecord {
  const limit = forgettingLimit(at)
  const { log } = memory
  const spends = [...memory.spends.values()].filter(
    (spend) => spend.notAfter >= limit || memory.open.has(spend.run),
  )
  const spent = new Set(spends.map((spend) => spend.run))
  return {
    type: 'snapshot',
    at,
    roster: memory.roster?.held ?? null,
    log: { size: log.size, frontier: toHex(log.frontier.dump()), root: log.root },
    epoch: memory.epoch,
    forked: memory.forked ?? null,
    recovering: memory.recovering ?? null,
    facts: [...orderFacts(memory, limit), ...runFacts(memory, limit, spent), ...stopFacts(memory, at)],
    spends,
    lifted: [...memory.lifted],
  }
}

function* orderFacts(memory: Memory, limit: Instant): Generator<Fact> {
  const submissions = [...memory.submissions.values()]
  const kept = new Set<OrderId>(submissions.filter((s) => s.notAfter >= limit).map((s) => s.order))
  // All versions of what is kept: without its last one, an order would fall back to the one before.
  for (const submission of submissions) if (kept.has(submission.order)) yield { ...submission, type: 'order' }
  for (const order of kept) {
    const state = memory.orders.get(order)
    if (state?.frozen === true) yield { type: 'order-frozen', order }
    if (state?.ended) yield { type: 'order-ended', order, how: state.ended }
  }
}

function* runFacts(memory: Memory, limit: Instant, spent: ReadonlySet<string>): Generator<Fact> {
  const runs = new Set(spent)
  for (const intent of memory.intents.values()) {
    const submission = memory.submissions.get(intent.orderDigest)
    const matters = submission !== undefined && submission.notAfter >= limit
    if (!matters && !memory.open.has(intent.run)) continue
    runs.add(intent.run)
    yield { ...intent, type: 'intent' }
  }
  for (const ended of memory.ended.values()) if (runs.has(ended.run)) yield { ...ended, type: 'ended' }
}

function* stopFacts(memory: Memory, at: Instant): Generator<Fact> {
  for (const stop of memory.stops.values())
    if (stop.expires === 'never' || at < stop.expires) yield { ...stop, type: 'stop-latched' }
}
