import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fromBase64, utf8 } from '@chaperone/encoding'
import type { AnswerOf, BodyOf } from '@chaperone/contract'
import { signAs, type Client } from './client.ts'
import { eventually, gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { ended, step, submission, submitted } from './orders.ts'

let it: UnderTest
let tess: Client
let esra: Client

beforeAll(async () => {
  it = await gatewayUnderTest({ play })
  ;[tess, esra] = await Promise.all([it.as('tess'), it.as('esra')])
})
afterEach(() => {
  goOn.resolve()
  goOn = Promise.withResolvers()
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

/** What a step of `wait` waits for, beside its being killed. */
let goOn = Promise.withResolvers<void>()
const plays: string[] = []
const killed: string[] = []

async function* play(bytes: Uint8Array, _: readonly Uint8Array[], kill: AbortSignal) {
  const text = new TextDecoder().decode(bytes)
  plays.push(text)
  kill.addEventListener('abort', () => killed.push(text))
  yield ['stdout', utf8('before\n')] as const
  if (text.startsWith('wait')) {
    await Promise.race([goOn.promise, new Promise((resolve) => kill.addEventListener('abort', resolve))])
  }
  yield ['stdout', utf8('after\n')] as const
  return { exit: 0 }
}

async function claimed(text: string): Promise<string> {
  const { order } = await submitted(tess, [step(it, text)])
  await esra.call('claimOrder', { params: { order }, body: { version: 1 } })
  return order
}

const allow: BodyOf<'prepareSigning'> = { kind: 'allow', version: 1, steps: [1] }

function running(order: string): Promise<AnswerOf<'review'>> {
  return eventually(
    () => esra.call('review', { params: { order } }),
    (review) => review.runs[0]?.state === 'started',
  )
}

test('the signer away: nothing new is allowed, what was allowed waits, all goes on by itself', async () => {
  const [waiting, late] = [await claimed('early\n'), await claimed('late\n')]
  const { ticket } = await esra.call('prepareSigning', { params: { order: waiting }, body: allow })
  const draft = await esra.call('signingDraft', { body: { ticket } })
  await it.stopSigner()
  expect(await signAs(esra, it.organisation, 'esra', late, allow)).toMatchObject({
    status: 503,
    body: { code: 'signer-unavailable' },
  })
  const statement = it.organisation.signText('esra', draft.statement)
  await esra.call('completeSigning', { body: { ticket, statement } })
  const ready = await it.running.app.inject({ url: '/readyz' })
  expect(ready.json()).toMatchObject({ ready: false, checks: { signer: 'signer-unavailable' } })
  expect((await esra.call('review', { params: { order: waiting } })).runs).toEqual([])
  expect((await esra.call('logStatus')).signer.reachable).toBe(false)

  await it.startSigner()
  const review = await ended(esra, waiting, 1)
  expect(review.runs[0]?.outcome).toEqual({ result: 'succeeded' })
  expect((await signAs(esra, it.organisation, 'esra', late, allow)).status).toBe(200)
  await ended(esra, late, 1)
  expect(plays.filter((text) => text === 'early\n').length).toBe(1)
})

test('the database away: everything is refused as such, and goes on by itself', async () => {
  await it.stopDatabase()
  const refused = { status: 503, body: { code: 'store-unavailable' } }
  expect(await tess.ask('submitOrder', { body: submission([step(it, 'true\n')]) })).toMatchObject(refused)
  expect(await it.nobody.ask('keyChallenge')).toMatchObject(refused)
  expect((await it.running.app.inject({ url: '/healthz' })).statusCode).toBe(200)
  expect((await it.running.app.inject({ url: '/readyz' })).json()).toMatchObject({
    ready: false,
    checks: { store: 'store-unavailable' },
  })
  expect((await it.running.app.inject({ url: '/metrics' })).body).toMatch(/^chaperone_log_entries nan$/im)
  await it.startDatabase()
  await eventually(
    () => it.nobody.ask('keyChallenge'),
    ({ status }) => status === 200,
  )
  const order = await claimed('again\n')
  await signAs(esra, it.organisation, 'esra', order, allow)
  expect((await ended(esra, order, 1)).runs[0]?.outcome).toEqual({ result: 'succeeded' })
})

test('the database away for a moment while a step runs: nothing of it is lost', async () => {
  const order = await claimed('wait a moment\n')
  await signAs(esra, it.organisation, 'esra', order, allow)
  const run = (await running(order)).runs[0]?.run ?? ''
  await it.stopDatabase()
  goOn.resolve()
  await it.startDatabase()
  const review = await eventually(
    () => esra.call('review', { params: { order } }).catch(() => undefined),
    (seen) => seen?.runs[0]?.state === 'ended',
    30_000,
  )
  expect(review?.runs[0]?.outcome).toEqual({ result: 'succeeded' })
  expect(await outputOf(order, run)).toBe('before\nafter\n')
})

test('the database away for longer than the lease: the step is killed, and that is written later', async () => {
  const order = await claimed('wait for long\n')
  await signAs(esra, it.organisation, 'esra', order, allow)
  const run = (await running(order)).runs[0]?.run ?? ''
  await it.stopDatabase()
  await eventually(
    () => Promise.resolve(killed),
    (steps) => steps.includes('wait for long\n'),
    30_000,
  )
  expect(it.log.join('')).toContain('output-not-stored-yet')
  await it.startDatabase()
  const review = await eventually(
    () => esra.call('review', { params: { order } }).catch(() => undefined),
    (seen) => seen?.runs[0]?.state === 'ended',
    30_000,
  )
  expect(review?.runs[0]?.outcome).toMatchObject({ result: 'killed', confirmed: true })
  expect(await outputOf(order, run)).toContain('before\n')
})

async function outputOf(order: string, run: string): Promise<string> {
  const { frames } = await esra.call('output', { params: { order, run } })
  return Buffer.concat(frames.map((frame) => fromBase64(frame.bytes) ?? new Uint8Array())).toString()
}
