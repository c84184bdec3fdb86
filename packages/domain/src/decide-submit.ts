import { err, ok, secondsOf } from '@chaperone/encoding'
import type { Context, Decided } from './decide.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { longestWindowSeconds } from './order-document.ts'
import { findTarget, hasRole, type Roster } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { involvedIn, stopHitting } from './stop.ts'
import { activeRun, type OrderStep, type WorkOrder } from './work-order.ts'

type Submission = EventOf<'order-submitted'> | EventOf<'order-revised'>

/** Decides about the first version of an order. */
export function submit(event: EventOf<'order-submitted'>, context: Context): Decided {
  return event.version === 1
    ? suitable(event, context)
    : err({ code: 'order-version-stale', version: event.version, current: 0 })
}

function suitable(event: Submission, context: Context): Decided {
  const { roster, at } = context
  const expired = expiredRoster(context)
  if (expired !== undefined) return err(expired)
  if (!hasRole(roster, event.technician, 'technician', at)) {
    return err({ code: 'technician-unknown', technician: event.technician })
  }
  const { notBefore, notAfter } = event
  const seconds = secondsOf(notAfter) - secondsOf(notBefore)
  if (seconds <= 0 || seconds > longestWindowSeconds)
    return err({ code: 'window-invalid', notBefore, notAfter })
  if (event.notAfter <= at) return err({ code: 'window-closed', notAfter: event.notAfter })
  if (event.rollbackSteps >= event.steps.length) return err({ code: 'steps-invalid' })
  for (const step of event.steps) {
    const refusal = unsuitable(step, roster)
    if (refusal !== undefined) return err(refusal)
  }
  const stop = stopHitting(context.stops, involvedIn(event.steps, [event.technician], roster), at)
  return stop === undefined ? ok(event) : err({ code: 'stopped', stop: stop.stop })
}

function unsuitable(step: OrderStep, roster: Roster): Refusal | undefined {
  const target = findTarget(roster, step.target)
  if (target === undefined) return { code: 'target-unknown', target: step.target }
  if (!target.accounts.includes(step.account)) {
    return { code: 'account-not-permitted', target: step.target, account: step.account }
  }
  if (!target.interpreters.includes(step.interpreter)) {
    return { code: 'interpreter-not-permitted', target: step.target, interpreter: step.interpreter }
  }
  return undefined
}

/** A new version replaces the steps and asks for fresh decisions; what ran stays in the story. */
export function revise(order: WorkOrder, event: EventOf<'order-revised'>, context: Context): Decided {
  if (order.ended === 'withdrawn') return err({ code: 'order-ended', ended: order.ended })
  if (order.frozenBy !== null) return err({ code: 'order-frozen', by: order.frozenBy })
  if (event.technician !== order.technician) return err({ code: 'not-the-technician' })
  if (event.version !== order.version + 1) {
    return err({ code: 'order-version-stale', version: event.version, current: order.version })
  }
  if (event.version > mostVersions) return err({ code: 'order-full', what: 'versions', most: mostVersions })
  // The same digest would give the new version's runs the names of the old one's.
  if (event.orderDigest === order.orderDigest)
    return err({ code: 'statement-not-for-this', field: 'order-digest' })
  const running = activeRun(order)
  if (running !== undefined) return err({ code: 'run-in-progress', run: running.run })
  return suitable(event, context)
}

const mostVersions = 100

/** The technician takes the order back while nothing runs. */
export function withdraw(order: WorkOrder, event: EventOf<'order-withdrawn'>): Decided {
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  if (event.technician !== order.technician) return err({ code: 'not-the-technician' })
  if (event.version !== order.version) {
    return err({ code: 'order-version-stale', version: event.version, current: order.version })
  }
  const running = activeRun(order)
  return running === undefined ? ok(event) : err({ code: 'run-in-progress', run: running.run })
}
