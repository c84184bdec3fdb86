import { instantNow, type Demonstration } from './demonstration.ts'
import { cast } from './organisation.ts'
import { questionableOrder, routineOrder, sampleQuestion } from './sample-orders.ts'

/**
 * Puts two sample orders into the inbox of a demonstration that has none: a routine one that waits for an escort, and
 * one about which the second escort has asked. Both people act through the demonstration's software keys, which sign
 * in and decide nothing.
 */
export async function seedOrders(demo: Demonstration): Promise<boolean> {
  const technician = await demo.signIn(cast.technician.person)
  if ((await technician.call('myOrders')).length > 0) return false
  const now = instantNow()
  await technician.call('submitOrder', { body: routineOrder(demo.targets, now) })
  const asked = await technician.call('submitOrder', { body: questionableOrder(demo.targets, now) })
  const escort = await demo.signIn(cast.secondEscort.person)
  const { order, version } = asked
  await escort.call('claimOrder', { params: { order }, body: { version } })
  await escort.call('askQuestion', { params: { order }, body: { version, step: 2, text: sampleQuestion } })
  return true
}
