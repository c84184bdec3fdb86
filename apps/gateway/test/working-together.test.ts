import { afterAll, beforeAll, expect, test } from 'vitest'
import { instantOf, utf8 } from '@chaperone/encoding'
import { client, keySignIn, signAs, type Client } from './client.ts'
import { eventually, gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { ended, step, submitted } from './orders.ts'
import { people } from './organisation.ts'

let it: UnderTest
let tess: Client
let esra: Client
let emil: Client
let otto: Client

beforeAll(async () => {
  it = await gatewayUnderTest({ play })
  ;[tess, esra, emil, otto] = await Promise.all([it.as('tess'), it.as('esra'), it.as('emil'), it.as('otto')])
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

async function* play(bytes: Uint8Array, _: readonly Uint8Array[], kill: AbortSignal) {
  yield ['stdout', utf8('out\n')] as const
  if (new TextDecoder().decode(bytes).startsWith('sleep')) {
    await new Promise((resolve) => kill.addEventListener('abort', resolve))
  }
  return { exit: 0 }
}

async function claimed(text = 'true\n'): Promise<{ readonly params: { readonly order: string } }> {
  const { order } = await submitted(tess, [step(it, text)])
  await esra.call('claimOrder', { params: { order }, body: { version: 1 } })
  return { params: { order } }
}

test('an order is handed over by name, with a note that the technician never sees', async () => {
  const at = await claimed()
  await esra.call('returnOrder', { ...at, body: { to: people.emil, note: 'mind the disk' } })
  const review = await emil.call('review', at)
  expect(review.claim?.escort.person).toBe(people.emil)
  expect(review.notes).toMatchObject([
    { escort: { person: people.esra }, to: { person: people.emil }, text: 'mind the disk' },
  ])
  expect(await esra.ask('askQuestion', { ...at, body: { version: 1, step: 0, text: 'why?' } })).toMatchObject(
    {
      body: { code: 'order-not-claimed' },
    },
  )
  expect(JSON.stringify(await tess.call('myOrder', at))).not.toContain('mind the disk')
  const again = await emil.ask('returnOrder', { ...at, body: { to: people.eve, note: '' } })
  expect(again).toMatchObject({ status: 403, body: { code: 'escort-regime' } })
})

test('forbidding acts on click; the signature follows and ends the order', async () => {
  const at = await claimed()
  const { order } = at.params
  expect(await emil.call('forbid', { ...at, body: { version: 1 } })).toMatchObject({ phase: 'frozen' })
  const allowing = await signAs(esra, it.organisation, 'esra', order, {
    kind: 'allow',
    version: 1,
    steps: [1],
  })
  expect(allowing).toMatchObject({ status: 409, body: { code: 'order-frozen' } })
  expect(await otto.call('attention')).toContainEqual(
    expect.objectContaining({ kind: 'order-frozen', order }),
  )
  await signAs(emil, it.organisation, 'emil', order, { kind: 'forbid', version: 1, steps: [1] })
  expect(await tess.call('myOrder', at)).toMatchObject({ phase: 'forbidden' })
  expect(await otto.call('attention')).not.toContainEqual(expect.objectContaining({ order }))
})

test('a withdrawal may be signed, and only by its technician', async () => {
  const { order } = await submitted(tess, [step(it, 'true\n')])
  const issued = instantOf(Date.now() / 1000)
  const statement = (name: 'tess' | 'tom') =>
    it.organisation.sign(name, { kind: 'withdraw', order, version: 1, technician: people[name], issued })
  const ask = (name: 'tess' | 'tom') =>
    tess.ask('withdrawOrder', { params: { order }, body: { version: 1, statement: statement(name) } })
  expect(await ask('tom')).toMatchObject({ status: 409, body: { code: 'statement-not-for-this' } })
  expect(await tess.call('myOrder', { params: { order } })).toMatchObject({ phase: 'waiting-for-escort' })
  expect(await ask('tess')).toMatchObject({ status: 200, body: { phase: 'withdrawn' } })
})

test('a kill through another gateway ends what this one runs', async () => {
  const at = await claimed('sleep\n')
  await signAs(esra, it.organisation, 'esra', at.params.order, { kind: 'allow', version: 1, steps: [1] })
  const review = await eventually(
    () => esra.call('review', at),
    (seen) => seen.runs[0]?.state === 'started',
  )
  await using other = await it.another()
  const { token } = await keySignIn(other.app, it.organisation, 'emil')
  const there = client(other.app, { authorization: `Bearer ${token}` })
  await there.call('kill', { params: { ...at.params, run: review.runs[0]?.run ?? '' } })
  const after = await ended(esra, at.params.order, 1)
  expect(after.runs[0]).toMatchObject({ outcome: { result: 'killed' }, killedBy: { person: people.emil } })
})

test('a stop kills what it hits, records each kill, and denies new work', async () => {
  const at = await claimed('sleep\n')
  await signAs(esra, it.organisation, 'esra', at.params.order, { kind: 'allow', version: 1, steps: [1] })
  await eventually(
    () => esra.call('review', at),
    (seen) => seen.runs[0]?.state === 'started',
  )
  const issued = instantOf(Date.now() / 1000)
  const stop = {
    kind: 'stop',
    scope: 'target',
    value: 'web-1',
    officer: people.otto,
    issued,
    expires: 'never',
  } as const
  const { stop: digest, killed } = await otto.call('orderStop', { body: it.organisation.sign('otto', stop) })
  expect(killed.length).toBe(1)
  expect((await ended(esra, at.params.order, 1)).runs[0]).toMatchObject({ killedBy: { person: people.otto } })
  expect(
    (await tess.ask('submitOrder', { body: (await tess.call('myOrder', at)).submission })).body,
  ).toMatchObject({
    code: 'stopped',
  })
  const lift = (name: 'otto' | 'olga') =>
    it.organisation.sign(name, { kind: 'lift', stop: digest, officer: people[name], issued })
  const lifting = (names: ('otto' | 'olga')[]) =>
    otto.ask('liftStop', { body: { stop: digest, statements: names.map(lift) } })
  expect(await lifting(['otto', 'otto'])).toMatchObject({ body: { code: 'adoption-needs-two' } })
  const lifted = await Promise.all([lifting(['otto', 'olga']), lifting(['otto', 'olga'])])
  expect(lifted.map(({ status }) => status).sort()).toEqual([204, 404])
  const again = await otto.ask('orderStop', { body: it.organisation.sign('otto', stop) })
  expect(again).toMatchObject({ status: 409, body: { code: 'stop-lifted' } })
  const { entries } = await otto.call('auditLog')
  const count = (type: string) => entries.filter((entry) => entry.type === type).length
  expect([count('stop-ordered'), count('stop-lifted')]).toEqual([1, 1])
})

test('a claim that ran out is anybody’s', async () => {
  const at = await claimed()
  it.passSeconds(25 * 60)
  await Promise.all([tess, esra, emil].map((who) => who.ask('me')))
  it.passSeconds(25 * 60)
  await Promise.all([tess, esra, emil].map((who) => who.ask('me')))
  expect(await emil.ask('claimOrder', { ...at, body: { version: 1 } })).toMatchObject({
    body: { code: 'order-claimed' },
  })
  it.passSeconds(11 * 60)
  expect((await emil.call('claimOrder', { ...at, body: { version: 1 } })).claim?.escort.person).toBe(
    people.emil,
  )
})
