import { err, ok, secondsOf, type PersonId } from '@chaperone/encoding'
import type { Context, Decided } from './decide.ts'
import { involvedIn } from './decide-submit.ts'
import type { EventOf } from './event.ts'
import { findPerson, findTarget } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { stopHitting } from './stop.ts'
import type { WorkOrder } from './work-order.ts'

export const longestClaimSeconds = 4 * 60 * 60

/** Why this person may not escort this order, or `undefined`. */
export function escortRefusal(order: WorkOrder, escort: PersonId, context: Context): Refusal | undefined {
  const { roster, at } = context
  const person = findPerson(roster, escort)
  if (person === undefined || !person.roles.includes('escort') || person.until <= at) {
    return { code: 'escort-unknown', escort }
  }
  if (escort === order.technician) return { code: 'escort-is-author' }
  for (const step of order.steps) {
    const regime = findTarget(roster, step.target)?.regime
    if (regime === undefined) return { code: 'target-unknown', target: step.target }
    if (!person.regimes.includes(regime)) return { code: 'escort-regime', regime }
  }
  const stop = stopHitting(context.stops, involvedIn(order.steps, [order.technician, escort], roster), at)
  return stop === undefined ? undefined : { code: 'stopped', stop: stop.stop }
}

/** The person whose claim has not run out, if there is one. */
export function claimant(order: WorkOrder, at: string): PersonId | undefined {
  return order.claim !== null && at < order.claim.until ? order.claim.escort : undefined
}

/** Claims an order, or prolongs one's own claim. */
export function claim(order: WorkOrder, event: EventOf<'order-claimed'>, context: Context): Decided {
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  const refusal = escortRefusal(order, event.escort, context)
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

export function handBack(order: WorkOrder, event: EventOf<'claim-returned'>, context: Context): Decided {
  if (claimant(order, context.at) !== event.escort) return err({ code: 'order-not-claimed' })
  const refusal = event.to === null ? undefined : escortRefusal(order, event.to, context)
  return refusal === undefined ? ok(event) : err(refusal)
}

export function ask(order: WorkOrder, event: EventOf<'question-asked'>, context: Context): Decided {
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  if (claimant(order, context.at) !== event.escort) return err({ code: 'order-not-claimed' })
  if (event.version !== order.version) {
    return err({ code: 'order-version-stale', version: event.version, current: order.version })
  }
  if (event.step > order.steps.length) return err({ code: 'step-unknown', step: event.step })
  return event.question === order.questions.length + 1
    ? ok(event)
    : err({ code: 'question-unknown', question: event.question })
}

export function answer(order: WorkOrder, event: EventOf<'question-answered'>): Decided {
  if (event.technician !== order.technician) return err({ code: 'not-the-technician' })
  const question = order.questions.find((candidate) => candidate.question === event.question)
  if (question === undefined) return err({ code: 'question-unknown', question: event.question })
  return question.answer === null ? ok(event) : err({ code: 'question-answered', question: event.question })
}
