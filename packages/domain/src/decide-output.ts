import { err, ok } from '@chaperone/encoding'
import { escortRefusal } from './decide-claim.ts'
import type { Context, Decided } from './decide.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { hasRole } from './roster.ts'
import type { WorkOrder } from './work-order.ts'

export const mostOpenRequests = 8
const mostRequests = 500

/**
 * The technician asks for captured output of a step. Whether that step ever ran is no condition: the answer would tell
 * them (invariant 3).
 */
export function requestOutput(
  order: WorkOrder,
  event: EventOf<'output-requested'>,
  { roster, at }: Context,
): Decided {
  const { technician, version, step, request } = event
  if (technician !== order.technician) return err({ code: 'not-the-technician' })
  if (!hasRole(roster, technician, 'technician', at)) return err({ code: 'technician-unknown', technician })
  if (version !== order.version) return err({ code: 'order-version-stale', version, current: order.version })
  if (step > order.steps.length) return err({ code: 'step-unknown', step })
  if (request > mostRequests) return err({ code: 'order-full', what: 'requests', most: mostRequests })
  if (request !== order.requests.length + 1) return err({ code: 'request-unknown', request })
  const open = order.requests.filter(({ answer }) => answer === null).length
  return open < mostOpenRequests ? ok(event) : err({ code: 'requests-open', most: mostOpenRequests })
}

/** An escort who could release declines instead, with a word of ours. */
export function declineOutput(
  order: WorkOrder,
  event: EventOf<'output-declined'>,
  context: Context,
): Decided {
  const refusal = expiredRoster(context) ?? escortRefusal(order, event.escort, context)
  if (refusal !== undefined) return err(refusal)
  const request = order.requests.find((candidate) => candidate.request === event.request)
  if (request === undefined) return err({ code: 'request-unknown', request: event.request })
  return request.answer === null ? ok(event) : err({ code: 'request-answered', request: event.request })
}
