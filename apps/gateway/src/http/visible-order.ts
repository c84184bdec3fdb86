import type { OrderId } from '@chaperone/encoding'
import { escortRefusal, type Context, type Stop, type WorkOrder } from '@chaperone/domain'
import { contextNow, type Office } from '@chaperone/usecases'
import type { Caller } from './access.ts'
import { Refused } from './problem.ts'

/** The order, if this person may see it now. No order and none for them are one answer. */
export async function visibleOrder(
  office: Office,
  caller: Pick<Caller, 'person' | 'roles'>,
  id: OrderId,
): Promise<WorkOrder> {
  const [order, context] = await Promise.all([office.reader.order(id), contextNow(office)])
  if (order === undefined || !maySee(order, caller, context)) throw new Refused('order-unknown')
  return order
}

/**
 * Officers and auditors see every order; an escort those that they could judge. A stop over a person closes their eyes
 * too; one over a target, a regime or everything does not: somebody must see what was going on, and kill it.
 */
export function maySee(
  order: WorkOrder,
  caller: Pick<Caller, 'person' | 'roles'>,
  context: Context,
): boolean {
  if (caller.roles.includes('officer') || caller.roles.includes('auditor')) return true
  if (!caller.roles.includes('escort')) return false
  const personal = { ...context, stops: context.stops.filter(isAboutPeople) }
  return escortRefusal(order, caller.person, personal) === undefined
}

function isAboutPeople({ scope }: Stop): boolean {
  return scope !== 'all' && scope !== 'target' && scope !== 'regime'
}
