import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBase64, utf8 } from '@chaperone/encoding'
import { routes, type AnswerOf, type Route, type RouteName } from '@chaperone/contract'
import { keySignIn, signAs, type Asked, type Client } from './client.ts'
import { gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { ended, step, submission, submitted } from './orders.ts'
import { nameOf, people } from './organisation.ts'

/** Output of two kinds: one is released, the other never. */
const released = 'released-words'
const kept = 'kept-back-words'
const command = 'echo words-of-the-command\n'
const exit = 77

const wishes = [
  { step: 1, wish: { about: 'containing', text: 'no-such-words' } },
  { step: 2, wish: { about: 'lines', from: 1, to: 1 } },
  { step: 2, wish: { about: 'lines', from: 900, to: 901 } },
] as const

let it: UnderTest
let tess: Client
let esra: Client
let order: string
let review: AnswerOf<'review'>
let token: string

beforeAll(async () => {
  it = await gatewayUnderTest({ play })
  ;[tess, esra] = await Promise.all([it.as('tess'), it.as('esra')])
  ;({ token } = await keySignIn(it.running.app, it.organisation, 'tess'))
  ;({ order } = await submitted(tess, [step(it, command), step(it, 'exit 77\n')]))
  const at = { params: { order } }
  await esra.call('claimOrder', { ...at, body: { version: 1 } })
  await esra.call('askQuestion', { ...at, body: { version: 1, step: 0, text: 'are you sure?' } })
  for (const { step, wish } of wishes)
    await tess.call('requestOutput', { ...at, body: { version: 1, step, wish } })
  await tess.call('answerQuestion', { params: { order, question: 1 }, body: { text: 'yes' } })
  // Run times are told apart from the times that a technician may know.
  it.passSeconds(600)
  await signAs(esra, it.organisation, 'esra', order, { kind: 'allow', version: 1, steps: [1, 2] })
  review = await ended(esra, order, 2)
  const releases = [{ run: review.runs[0]?.run ?? '', text: released, redactions: [] }]
  await signAs(esra, it.organisation, 'esra', order, { kind: 'release', version: 1, releases })
  it.passSeconds(600)
  await esra.call('freeze', { ...at, body: { version: 1 } })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

async function* play(bytes: Uint8Array) {
  yield ['stdout', utf8(`${released} ${kept}\n`)] as const
  yield ['stderr', utf8(`${kept}\n`)] as const
  return { exit: new TextDecoder().decode(bytes).startsWith('exit') ? exit : 0 }
}

test('the run really failed with what must not be told', () => {
  expect(review.runs[1]?.outcome).toEqual({ result: 'failed', exit, signal: null })
})

/** Every route that a technician may call, asked in every way that answers with something. */
const asked: Partial<Record<RouteName, () => Asked<RouteName>[]>> = {
  signOut: () => [],
  me: () => [{}],
  analyse: () => [{ body: { steps: [step(it, 'true\n')], rollback: [], effects: [] } as never }],
  submitOrder: () => [{ body: submission([step(it, 'true\n')]) as never }],
  myOrders: () => [{}],
  myOrder: () => [{ params: { order } }],
  reviseOrder: () => [{ params: { order }, body: submission([step(it, 'true\n')]) as never }],
  answerQuestion: () => [{ params: { order, question: 1 }, body: { text: 'again' } as never }],
  requestOutput: () => wishes.map((body) => ({ params: { order }, body: { version: 1, ...body } as never })),
  withdrawOrder: () => [{ params: { order }, body: { version: 7 } as never }],
  readRelease: () =>
    review.runs.flatMap(({ run }) =>
      ['0'.repeat(64), review.orderDigest].map((release) => ({
        params: { order, release },
        body: { run } as never,
      })),
    ),
}

function forTechnicians(): RouteName[] {
  return (Object.entries(routes) as [RouteName, Route][]).flatMap(([name, { access }]) =>
    access === 'signed-in' || (Array.isArray(access) && access.includes('technician')) ? [name] : [],
  )
}

test('no route of a technician tells what was not released', async () => {
  for (const name of forTechnicians()) {
    const ways = asked[name]
    expect(ways, `${name} is not walked`).toBeDefined()
    for (const way of ways?.() ?? []) {
      const { body, headers } = await tess.ask(name, way)
      tellsNothing(name, JSON.stringify([body, headers]))
    }
  }
})

test('asking for output answers the same whether the step ran, failed or never ran, and whatever matches', async () => {
  const fresh = await submitted(tess, [step(it, command), step(it, 'exit 77\n')])
  const answersOf = async (id: string) =>
    Promise.all(
      wishes.map(async ({ step: about, wish }) => {
        const asking = { params: { order: id }, body: { version: 1, step: about, wish } }
        const { status, body } = await tess.ask('requestOutput', asking)
        const { requests } = body as AnswerOf<'requestOutput'>
        return { status, request: { ...requests.at(-1), request: 0, version: 0 } }
      }),
    )
  expect(await answersOf(fresh.order)).toEqual(await answersOf(order))
})

test('nor does the event stream, not even when something ran', async () => {
  const address = await it.running.app.listen({ host: '127.0.0.1', port: 0 })
  const ending = new AbortController()
  const answer = await fetch(`${address}/api/events`, {
    headers: { ...tess.headers, 'last-event-id': '0' },
    signal: ending.signal,
  })
  let heard = ''
  const told = () => heard.split('\n\n').length - 1
  for await (const part of answer.body ?? []) {
    heard += Buffer.from(part as Uint8Array).toString('utf8')
    if (told() >= 8) break
  }
  ending.abort()
  tellsNothing('events', heard)
  const entries = await (await it.as('anna')).call('auditLog', { query: { order } })
  const quiet = entries.entries.filter((entry) => ['run-started', 'kill-requested'].includes(entry.type))
  expect(quiet.length).toBeGreaterThan(0)
  for (const { index } of quiet) expect(heard).not.toContain(`id: ${index}\n`)
})

test('an escort’s routes are shut to a technician', async () => {
  const run = review.runs[0]?.run ?? ''
  for (const name of ['review', 'output'] as const) {
    const { status, body } = await tess.ask(name, { params: { order, run } })
    expect(status).toBe(403)
    tellsNothing(name, JSON.stringify(body))
  }
})

test('what was released can be read, and reading it is in the log', async () => {
  const [release] = (await tess.call('myOrder', { params: { order } })).releases
  const read = await tess.call('readRelease', {
    params: { order, release: release?.release ?? '' },
    body: { run: release?.run ?? '' },
  })
  expect(read.text).toBe(released)
  const { entries } = await (await it.as('anna')).call('auditLog', { query: { order } })
  expect(entries[0]).toMatchObject({ type: 'disclosure-recorded', event: { basis: 'release' } })
})

test('the log of the process has neither tokens nor commands nor output in it', async () => {
  await tess.ask('myOrder', { params: { order } })
  const whole = it.log.join('')
  expect(whole).toContain('request completed')
  for (const secret of [token, 'words-of-the-command', base64Of(command), released, kept, 'are you sure']) {
    expect(whole).not.toContain(secret)
  }
  for (const { headers } of [tess, esra]) expect(whole).not.toContain(headers['authorization']?.slice(7))
})

function tellsNothing(where: string, text: string): void {
  const facts = [
    kept,
    base64Of(kept),
    base64Of(`${released} ${kept}\n`),
    nameOf('esra'),
    people.esra,
    nameOf('emil'),
    people.emil,
    `"exit":${exit}`,
    '"outcome"',
    'succeeded',
    'failed',
    ...review.runs.flatMap((run) => [run.intendedAt, run.startedAt ?? '', run.endedAt ?? '']),
    ...review.runs.flatMap((run) => (run.step === 2 ? [run.run] : [])),
  ]
  for (const fact of facts) expect(text.includes(fact), `${where} tells ${fact}: ${text}`).toBe(false)
}

function base64Of(text: string): string {
  return toBase64(utf8(text)).slice(0, -4) // without what padding makes of the last letters
}
