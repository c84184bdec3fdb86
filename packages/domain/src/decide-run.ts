import { err, ok, type Instant } from '@chaperone/encoding'
import type { Context, Decided } from './decide.ts'
import { escortRefusal } from './decide-claim.ts'
import { leastSeats } from './decide-comprehension.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { predecessorOf } from './order-document.ts'
import { findTarget, hasRole } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { runIdOf } from './step.ts'
import { involvedIn, stopHitting } from './stop.ts'
import {
  activeRun,
  allowancesFor,
  firstRollback,
  isRollingBack,
  nextAttempt,
  seatsNeeded,
  succeededRun,
  type Allowance,
  type Run,
  type WorkOrder,
} from './work-order.ts'

/** Decides whether a step may be about to run: the quorum's own statements, in order, inside every window. */
export function intend(order: WorkOrder, event: EventOf<'run-intended'>, context: Context): Decided {
  const refusal = expiredRoster(context) ?? aboutOrder(order, event) ?? aboutStep(order, event, context)
  return refusal === undefined ? ok(event) : err(refusal)
}

function aboutOrder(order: WorkOrder, event: EventOf<'run-intended'>): Refusal | undefined {
  if (order.ended !== null) return { code: 'order-ended', ended: order.ended }
  if (order.frozenBy !== null && event.step < firstRollback(order))
    return { code: 'order-frozen', by: order.frozenBy }
  if (event.step < firstRollback(order) && isRollingBack(order))
    return { code: 'rollback-begun', step: event.step }
  if (event.version !== order.version) {
    return { code: 'order-version-stale', version: event.version, current: order.version }
  }
  if (event.orderDigest !== order.orderDigest)
    return { code: 'statement-not-for-this', field: 'order-digest' }
  const running = activeRun(order)
  return running === undefined ? undefined : { code: 'run-in-progress', run: running.run }
}

function aboutStep(order: WorkOrder, event: EventOf<'run-intended'>, context: Context): Refusal | undefined {
  const { step: index, attempt } = event
  const step = order.steps[index - 1]
  if (step === undefined) return { code: 'step-unknown', step: index }
  if (step.digest !== event.stepDigest) return { code: 'step-not-as-submitted', step: index, field: 'digest' }
  if (step.target !== event.target) return { code: 'step-not-as-submitted', step: index, field: 'target' }
  if (succeededRun(order, index) !== undefined) return { code: 'step-done', step: index }
  const next = nextAttempt(order, index)
  if (attempt !== next) return { code: 'attempt-not-next', step: index, attempt, next }
  const expected = runIdOf(order.orderDigest, index, attempt, context.crypto.sha256)
  if (event.run !== expected) return { code: 'run-id-wrong', expected }
  if (findRun(order, event.run) !== undefined) return { code: 'run-ended', run: event.run }
  return aboutQuorum(order, event, context) ?? aboutPredecessor(order, event)
}

function aboutQuorum(
  order: WorkOrder,
  event: EventOf<'run-intended'>,
  context: Context,
): Refusal | undefined {
  const target = findTarget(context.roster, event.target)
  if (target === undefined) return { code: 'target-unknown', target: event.target }
  const standing = allowancesFor(order, event.step, event.attempt)
  const asked = seatsNeeded(standing, event.step, leastSeats(order, event.step, target, context))
  const named = standing.filter((allowance) => event.decisions.includes(allowance.statement))
  if (named.length < asked || named.length !== event.decisions.length) {
    return { code: 'quorum-missing', step: event.step, have: named.length, needed: asked }
  }
  return aboutPeople(order, named, context)
}

/** Everybody whose word the run rests on is judged again now: rosters, people and stops change after a signature. */
function aboutPeople(order: WorkOrder, named: readonly Allowance[], context: Context): Refusal | undefined {
  const { roster, stops, at } = context
  const { technician } = order
  if (!hasRole(roster, technician, 'technician', at)) return { code: 'technician-unknown', technician }
  const people = [technician, ...named.map((allowance) => allowance.escort)]
  const stop = stopHitting(stops, involvedIn(order.steps, people, roster), at)
  if (stop !== undefined) return { code: 'stopped', stop: stop.stop }
  return firstDefined(named.map((allowance) => aboutAllowance(order, allowance, context)))
}

function aboutAllowance(order: WorkOrder, allowance: Allowance, context: Context): Refusal | undefined {
  const { version } = context.roster
  if (allowance.roster !== version)
    return { code: 'roster-stale', signed: allowance.roster, current: version }
  return escortRefusal(order, allowance.escort, context) ?? outsideWindow(allowance, context.at)
}

function outsideWindow(allowance: Allowance, at: Instant): Refusal | undefined {
  if (at < allowance.notBefore) return { code: 'window-not-open', notBefore: allowance.notBefore }
  return at < allowance.notAfter ? undefined : { code: 'window-closed', notAfter: allowance.notAfter }
}

function firstDefined<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined)
}

function aboutPredecessor(order: WorkOrder, event: EventOf<'run-intended'>): Refusal | undefined {
  const needs = predecessorOf(
    { steps: order.steps.map((step) => step.digest), rollbackSteps: order.rollbackSteps },
    event.step,
  )
  if (needs === undefined)
    return event.after === null ? undefined : { code: 'predecessor-missing', step: event.step, needs: 0 }
  const before = succeededRun(order, needs)
  const rests = before !== undefined && event.after?.run === before.run
  return rests ? undefined : { code: 'predecessor-missing', step: event.step, needs }
}

/** A run starts once, after its intent. */
export function start(order: WorkOrder, event: EventOf<'run-started'>): Decided {
  const run = findRun(order, event.run)
  if (run === undefined) return err({ code: 'run-unknown', run: event.run })
  return run.state === 'intended' ? ok(event) : err({ code: 'run-ended', run: run.run })
}

/** An end is recorded once; what happened afterwards cannot change what is known. */
export function end(order: WorkOrder, event: EventOf<'run-ended'>): Decided {
  const run = findRun(order, event.run)
  if (run === undefined) return err({ code: 'run-unknown', run: event.run })
  return run.state === 'ended' ? err({ code: 'run-ended', run: run.run }) : ok(event)
}

/** Any escort of the order and any officer may kill; it needs no more than that. */
export function requestKill(order: WorkOrder, event: EventOf<'kill-requested'>, context: Context): Decided {
  const run = findRun(order, event.run)
  if (run === undefined) return err({ code: 'run-unknown', run: event.run })
  if (run.state === 'ended' && !awaitsWhoAsked(run)) return err({ code: 'run-ended', run: run.run })
  return mayInterrupt(event.person, context)
    ? ok(event)
    : err({ code: 'not-permitted', person: event.person })
}

/** A kill acts before it is written: where the end was in the log first, who asked for it belongs there all the same. */
function awaitsWhoAsked({ outcome, killedBy }: Run): boolean {
  return outcome?.result === 'killed' && outcome.reason === 'asked' && killedBy === null
}

/** "I allowed wrongly": withdraws every allowance; only rollback after a fresh order version goes on. */
export function freeze(order: WorkOrder, event: EventOf<'order-frozen'>, context: Context): Decided {
  if (order.frozenBy !== null) return err({ code: 'order-frozen', by: order.frozenBy })
  return mayInterrupt(event.person, context)
    ? ok(event)
    : err({ code: 'not-permitted', person: event.person })
}

/** Who may kill and freeze. */
export function mayInterrupt(person: string, context: Context): boolean {
  const { roster, at } = context
  return hasRole(roster, person, 'escort', at) || hasRole(roster, person, 'officer', at)
}

/** A run of any version of the order. */
export function findRun(order: WorkOrder, run: string): Run | undefined {
  return order.runs.find((candidate) => candidate.run === run)
}
