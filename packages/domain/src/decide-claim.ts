import { err, ok, secondsOf, type PersonId } from '@chaperone/encoding'
import type { Context, Decided } from './decide.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { findPerson, findTarget, hasRole } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { involvedIn, stopHitting } from './stop.ts'
import type { WorkOrder } from './work-order.ts'

export const longestClaimSeconds = 4 * 60 * 60
const mostQuestions = 500

/** Why this person may not escort this order, or `undefined`. */
export function escortRefusal(order: WorkOrder, escort: PersonId, context: Context): Refusal | undefined {
  return unfitEscort(order, escort, context) ?? stopAgainst(order, escort, context)
}

/** Why this person could not escort the order even if nothing were stopped: enough to judge who may forbid. */
export function unfitEscort(order: WorkOrder, escort: PersonId, context: Context): Refusal | undefined {
  const { roster, at } = context
  const person = findPerson(roster, escort)
  if (person === undefined || !hasRole(roster, escort, 'escort', at))
    return { code: 'escort-unknown', escort }
  if (escort === order.technician) return { code: 'escort-is-author' }
  for (const step of order.steps) {
    const regime = findTarget(roster, step.target)?.regime
    if (regime === undefined) return { code: 'target-unknown', target: step.target }
    if (!person.regimes.includes(regime)) return { code: 'escort-regime', regime }
  }
  return undefined
}

function stopAgainst(order: WorkOrder, escort: PersonId, context: Context): Refusal | undefined {
  const involved = involvedIn(order.steps, [order.technician, escort], context.roster)
  const stop = stopHitting(context.stops, involved, context.at)
  return stop === undefined ? undefined : { code: 'stopped', stop: stop.stop }
}

/** The person whose claim has not run out, if there is one. */
export function claimant(order: WorkOrder, at: string): PersonId | undefined {
  return order.claim !== null && at < order.claim.until ? order.claim.escort : undefined
}

/** Claims an order, or prolongs one's own claim. */
export function claim(order: WorkOrder, event: EventOf<'order-claimed'>, context: Context): Decided {
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  const refusal = expiredRoster(context) ?? escortRefusal(order, event.escort, context)
  if (refusal !== undefined) return err(refusal)
  if (event.version !== order.version) {
    return err({ code: 'order-version-stale', version: event.version, current: order.version })
  }
  const holder = claimant(order, context.at)
  if (holder !== undefined && holder !== event.escort && order.claim !== null) {
    return err({ code: 'order-claimed', ...order.claim })
  }
  const seconds = secondsOf(event.until) - secondsOf(context.at)
  return seconds > 0 && seconds <= longestClaimSeconds
    ? ok(event)
    : err({ code: 'claim-too-long', until: event.until })
}

/** Gives a claim back, or over to a colleague who could have claimed it. */
export function handBack(order: WorkOrder, event: EventOf<'claim-returned'>, context: Context): Decided {
  if (claimant(order, context.at) !== event.escort) return err({ code: 'order-not-claimed' })
  if (event.to === null) return ok(event)
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  const refusal = expiredRoster(context) ?? escortRefusal(order, event.to, context)
  return refusal === undefined ? ok(event) : err(refusal)
}

/** The claimant asks the technician. */
export function ask(order: WorkOrder, event: EventOf<'question-asked'>, context: Context): Decided {
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  if (claimant(order, context.at) !== event.escort) return err({ code: 'order-not-claimed' })
  if (event.version !== order.version) {
    return err({ code: 'order-version-stale', version: event.version, current: order.version })
  }
  // A question tells the technician something: it may be asked by whoever might still decide.
  const refusal = expiredRoster(context) ?? escortRefusal(order, event.escort, context)
  if (refusal !== undefined) return err(refusal)
  if (event.step > order.steps.length) return err({ code: 'step-unknown', step: event.step })
  if (event.question > mostQuestions)
    return err({ code: 'order-full', what: 'questions', most: mostQuestions })
  return event.question === order.questions.length + 1
    ? ok(event)
    : err({ code: 'question-unknown', question: event.question })
}

/** The technician answers, once. */
export function answer(order: WorkOrder, event: EventOf<'question-answered'>): Decided {
  if (event.technician !== order.technician) return err({ code: 'not-the-technician' })
  const question = order.questions.find((candidate) => candidate.question === event.question)
  if (question === undefined) return err({ code: 'question-unknown', question: event.question })
  return question.answer === null ? ok(event) : err({ code: 'question-answered', question: event.question })
}
