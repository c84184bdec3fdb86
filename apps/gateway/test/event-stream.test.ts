import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { eventually, gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { step, submitted } from './orders.ts'
import { people, type Name } from './organisation.ts'

let it: UnderTest
let address: string

beforeAll(async () => {
  it = await gatewayUnderTest({ play })
  address = await it.running.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

async function* play() {
  yield* []
  return { exit: 0 }
}

interface Stream extends Disposable {
  readonly status: number
  /** Orders that were told of, in order, and the id of each event. */
  readonly told: { readonly id: number; readonly order: string }[]
  readonly ended: Promise<void>
}

async function listen(client: Client, lastEventId?: number): Promise<Stream> {
  const ending = new AbortController()
  const resume = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }
  const answer = await fetch(`${address}/api/events`, {
    headers: { ...client.headers, ...resume },
    signal: ending.signal,
  })
  const told: { id: number; order: string }[] = []
  const read = async () => {
    let rest = ''
    for await (const part of answer.body ?? []) {
      rest += Buffer.from(part as Uint8Array).toString('utf8')
      const events = rest.split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        const found = /^id: (\d+)\nevent: order\ndata: (.*)$/.exec(event)
        if (found !== null)
          told.push({ id: Number(found[1]), ...(JSON.parse(found[2] ?? '') as { order: string }) })
      }
    }
  }
  return {
    status: answer.status,
    told,
    ended: read().catch(() => undefined),
    [Symbol.dispose]: () => ending.abort(),
  }
}

async function hearing(stream: Stream, order: string): Promise<void> {
  await eventually(
    () => Promise.resolve(stream.told),
    (told) => told.some((event) => event.order === order),
  )
}

test('tells those who may see the order, and nobody else', async () => {
  const names: Name[] = ['tess', 'tom', 'esra', 'eve', 'otto', 'anna']
  const clients = await Promise.all(names.map((name) => it.as(name)))
  const streams = await Promise.all(clients.map((client) => listen(client)))
  const { order } = await submitted(await it.as('tess'), [step(it, 'true\n')])
  for (const heard of [0, 2, 4, 5]) await hearing(streams[heard]!, order) // made from six names
  // What follows reaches everybody who was told of the first, so those who were not told would have been by now.
  const { order: second } = await submitted(await it.as('tess'), [step(it, 'true\n')])
  for (const heard of [0, 2, 4, 5]) await hearing(streams[heard]!, second)
  expect(streams[1]?.told).toEqual([])
  expect(streams[3]?.told).toEqual([])
  for (const stream of streams) stream[Symbol.dispose]()
})

test('resumes after the last event that was heard, without a gap', async () => {
  const [tess, esra] = await Promise.all([it.as('tess'), it.as('esra')])
  let last: number
  {
    using stream = await listen(esra)
    const { order } = await submitted(tess, [step(it, 'true\n')])
    await hearing(stream, order)
    last = stream.told.at(-1)?.id ?? 0
  }
  const missed = [await submitted(tess, [step(it, 'true\n')]), await submitted(tess, [step(it, 'true\n')])]
  using stream = await listen(esra, last)
  await hearing(stream, missed[1]?.order ?? '')
  expect(stream.told.map((event) => event.order)).toEqual(missed.map(({ order }) => order))
  expect(stream.told.map((event) => event.id)).toEqual(
    stream.told.map((event) => event.id).sort((a, b) => a - b),
  )
})

test('decides by what is in force at each event', async () => {
  const [tess, emil, otto] = await Promise.all([it.as('tess'), it.as('emil'), it.as('otto')])
  using stream = await listen(emil)
  using witness = await listen(otto)
  const { order } = await submitted(tess, [step(it, 'true\n')])
  await hearing(stream, order)
  const { bytes, adoptions } = it.organisation.change((roster) => ({
    ...roster,
    people: roster.people.map((person) =>
      person.person === people.emil ? { ...person, regimes: [] } : person,
    ),
  }))
  await otto.call('adoptRoster', { body: { bytes, adoptions, names: {} } })
  const { order: later } = await submitted(tess, [step(it, 'true\n')])
  await hearing(witness, later)
  expect(stream.told.map((event) => event.order)).not.toContain(later)
})

test('ends when the session ends', async () => {
  const esra = await it.as('esra')
  using stream = await listen(esra)
  await esra.call('signOut')
  await stream.ended
  using refused = await listen(esra)
  expect(refused.status).toBe(401)
})

test('one person cannot hold streams without end', async () => {
  const anna = await it.as('anna')
  const streams = await Promise.all(Array.from({ length: 16 }, () => listen(anna)))
  using more = await listen(anna)
  expect(more.status).toBe(429)
  for (const stream of streams) stream[Symbol.dispose]()
})
