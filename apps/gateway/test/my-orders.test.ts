import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBase64, utf8 } from '@chaperone/encoding'
import type { Client } from './client.ts'
import { gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { step, submitted } from './orders.ts'

let it: UnderTest
let tess: Client

beforeAll(async () => {
  it = await gatewayUnderTest()
  tess = await it.as('tess')
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

test('the list has lines and pages, and only the single order has its bytes', async () => {
  const command = 'echo words-of-the-command\n'
  const orders: string[] = []
  for (const purpose of ['one', 'two', 'three']) {
    orders.unshift((await submitted(tess, [step(it, command)], { purpose })).order)
    it.passSeconds(2)
  }
  const esra = await it.as('esra')
  const at = { params: { order: orders[2] ?? '' } }
  await esra.call('claimOrder', { ...at, body: { version: 1 } })
  await esra.call('askQuestion', { ...at, body: { version: 1, step: 0, text: 'why?' } })
  const listed = async (query: Record<string, string>) =>
    (await tess.call('myOrders', { query })).map((order) => order.order)
  expect(await listed({})).toEqual(orders)
  expect(await listed({ limit: '2' })).toEqual(orders.slice(0, 2))
  expect(await listed({ limit: '2', offset: '2' })).toEqual(orders.slice(2))
  expect(await listed({ offset: '3' })).toEqual([])
  const all = await tess.call('myOrders')
  expect(all.at(-1)).toMatchObject({
    purpose: 'one',
    phase: 'question-open',
    mustAct: 'technician',
    openQuestions: 1,
    releases: 0,
  })
  const bytes = toBase64(utf8(command))
  expect(JSON.stringify(all)).not.toContain(bytes)
  expect(JSON.stringify(await tess.call('myOrder', at))).toContain(bytes)
  const others = await (await it.as('tom')).call('myOrders')
  expect(others).toEqual([])
  expect(await tess.ask('myOrders', { query: { limit: '201' } })).toMatchObject({
    status: 400,
    body: { code: 'request-malformed' },
  })
})
