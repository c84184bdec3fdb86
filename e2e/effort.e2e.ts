import { afterAll, beforeAll, expect, test } from 'vitest'
import { cast } from '../demo/organisation.ts'
import { instantNow } from '../demo/demonstration.ts'
import { routineOrder } from '../demo/sample-orders.ts'
import { enterAsDecider, type Decider } from './stage/actor.ts'
import { allowAll, signAtDesk } from './stage/sign-at-desk.ts'
import { startStage, type Stage } from './stage/start-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

test('a routine order of six steps takes at most 8 clicks and 2 touches, from the inbox to the release', async () => {
  const escort = await enterAsDecider(stage, 'escort')
  const { page } = escort
  const technician = await stage.demo.signIn(cast.technician.person)
  const { order, purpose } = await technician.call('submitOrder', {
    body: routineOrder(stage.demo.targets, instantNow()),
  })
  const effort = await countEffort(escort)
  await page.getByRole('button', { name: `Claim and open: ${purpose}` }).click()
  const confirmed = await allowAll(escort)
  await page.getByRole('region', { name: 'Where it stands' }).getByText('Done.').waitFor()
  await page.getByRole('button', { name: 'Release output' }).click()
  await signAtDesk(escort, /^You are about to release/)
  const { releases } = await technician.call('myOrder', { params: { order } })
  expect(releases.length).toBeGreaterThan(0)
  const { clicks, touches } = effort()
  console.log(
    `effort: a routine order of six steps: ${clicks} clicks (${confirmed} of them confirm single steps), ${touches} touches`,
  )
  expect(clicks, 'clicks').toBeLessThanOrEqual(8)
  expect(touches, 'touches').toBe(2)
})

interface PressedWindow {
  addEventListener(name: 'mousedown', listener: (event: { isTrusted: boolean }) => void, capture: true): void
  chaperonePressed(): void
}

/** Counts presses of the mouse in all windows of somebody, and touches of their keys, from now on. */
async function countEffort({ context, key, decidingKey, page, desk }: Decider) {
  let clicks = 0
  await context.exposeFunction('chaperonePressed', () => void clicks++)
  const count = () => {
    const window = globalThis as unknown as PressedWindow
    window.addEventListener('mousedown', ({ isTrusted }) => isTrusted && window.chaperonePressed(), true)
  }
  await context.addInitScript(count)
  for (const open of [page, desk]) await open.evaluate(count)
  const touched = () => key.touches() + decidingKey.touches()
  const before = touched()
  return () => ({ clicks, touches: touched() - before })
}
