import { err, ok } from '@chaperone/encoding'
import { claimant, escortRefusal, unfitEscort } from './decide-claim.ts'
import type { Context, Decided } from './decide.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { findTarget, type RosterTarget } from './roster.ts'
import type { Refusal } from './refusal.ts'
import {
  allowancesFor,
  nextAttempt,
  seatsNeeded,
  succeededRun,
  type Level,
  type WorkOrder,
} from './work-order.ts'

/** As many decisions as an intent can name. */
export const mostSeats = 5

/**
 * Whether escorts say what a step does before they are told. Not where nobody can know it from the text: there is
 * nothing to compare an answer with.
 */
export function asksFirst(level: Level): boolean {
  return level === 'high-impact' || level === 'stop'
}

/** Whether somebody did not know, or was wrong about, what a step of this version does. */
export function isDoubted(order: WorkOrder, step: number): boolean {
  return order.comprehension.some((answer) => answer.step === step && !answer.matched)
}

/**
 * How many people must allow a step at least: what its target asks, and one more where somebody misunderstood it. An
 * answer only ever adds, and no more than the people of the roster can fill.
 */
export function leastSeats(
  order: WorkOrder,
  step: number,
  { quorum }: Pick<RosterTarget, 'quorum'>,
  context: Context,
): number {
  if (!isDoubted(order, step) || quorum >= mostSeats) return quorum
  const fit = context.roster.people.filter(
    ({ person }) => unfitEscort(order, person, context) === undefined,
  ).length
  return fit > quorum ? quorum + 1 : quorum
}

/** Decides whether an escort's answer about a step counts: once each, by whoever could allow it, before it is allowed. */
export function recordComprehension(
  order: WorkOrder,
  event: EventOf<'comprehension-recorded'>,
  context: Context,
): Decided {
  const refusal = aboutOrder(order, event, context) ?? aboutStep(order, event, context)
  return refusal === undefined ? ok(event) : err(refusal)
}

function aboutOrder(
  order: WorkOrder,
  { version, escort }: EventOf<'comprehension-recorded'>,
  context: Context,
): Refusal | undefined {
  if (order.ended !== null) return { code: 'order-ended', ended: order.ended }
  if (version !== order.version) return { code: 'order-version-stale', version, current: order.version }
  return expiredRoster(context) ?? escortRefusal(order, escort, context)
}

function aboutStep(
  order: WorkOrder,
  { step: index, escort, question }: EventOf<'comprehension-recorded'>,
  context: Context,
): Refusal | undefined {
  const step = order.steps[index - 1]
  if (step === undefined) return { code: 'step-unknown', step: index }
  if (!asksFirst(step.level)) return { code: 'comprehension-not-asked', step: index }
  if (succeededRun(order, index) !== undefined) return { code: 'step-done', step: index }
  const target = findTarget(context.roster, step.target)
  if (target === undefined) return { code: 'target-unknown', target: step.target }
  const seated = allowancesFor(order, index, nextAttempt(order, index)).filter(
    (allowance) => allowance.roster === context.roster.version,
  )
  const needed = seatsNeeded(seated, index, leastSeats(order, index, target, context))
  // An answer after the last seat is taken could call nobody any more.
  if (seated.length >= needed || seated.some((allowance) => allowance.escort === escort))
    return { code: 'already-decided', step: index }
  if (needed === 1 && claimant(order, context.at) !== escort) return { code: 'order-not-claimed' }
  const again = order.comprehension.some(
    (answer) => answer.step === index && answer.escort === escort && answer.question === question,
  )
  return again ? { code: 'comprehension-answered', step: index } : undefined
}
