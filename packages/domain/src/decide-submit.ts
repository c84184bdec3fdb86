import { err, ok } from '@chaperone/encoding'
import type { Context, Decided } from './decide.ts'
import type { EventOf } from './event.ts'
import { findPerson, findTarget, type Roster } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { stopHitting } from './stop.ts'
import { activeRun, type OrderStep, type WorkOrder } from './work-order.ts'

type Submission = EventOf<'order-submitted'> | EventOf<'order-revised'>

export function submit(event: Submission, context: Context): Decided {
  const { roster, at } = context
  const technician = findPerson(roster, event.technician)
  if (technician === undefined || !technician.roles.includes('technician') || technician.until <= at) {
    return err({ code: 'technician-unknown', technician: event.technician })
  }
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
  const running = activeRun(order)
  if (running !== undefined) return err({ code: 'run-in-progress', run: running.run })
  return submit(event, context)
}

export function withdraw(order: WorkOrder, event: EventOf<'order-withdrawn'>): Decided {
  if (order.ended !== null) return err({ code: 'order-ended', ended: order.ended })
  if (event.technician !== order.technician) return err({ code: 'not-the-technician' })
  if (event.version !== order.version) {
    return err({ code: 'order-version-stale', version: event.version, current: order.version })
  }
  const running = activeRun(order)
  return running === undefined ? ok(event) : err({ code: 'run-in-progress', run: running.run })
}

export function involvedIn(steps: readonly OrderStep[], people: readonly string[], roster: Roster) {
  const targets = [...new Set(steps.map((step) => step.target))]
  const regimes = targets.map((target) => findTarget(roster, target)?.regime ?? 'unknown')
  return { people, targets, regimes }
}
