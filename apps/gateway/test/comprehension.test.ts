import { afterAll, beforeAll, expect, test } from 'vitest'
import { toBase64, utf8 } from '@chaperone/encoding'
import type { AnswerOf, BodyOf } from '@chaperone/contract'
import { signAs, type Client } from './client.ts'
import { gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { ended, step, submitted } from './orders.ts'
import type { Name } from './organisation.ts'

type Review = AnswerOf<'review'>
type Answer = BodyOf<'recordComprehension'>

let it: UnderTest
const clients: Partial<Record<Name, Client>> = {}
const as = (name: Name) => clients[name]!

beforeAll(async () => {
  it = await gatewayUnderTest({ play })
  for (const name of ['tess', 'esra', 'emil', 'otto', 'anna'] as const) clients[name] = await it.as(name)
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

async function* play() {
  yield ['stdout', utf8('out\n')] as const
  return { exit: 0 }
}

const effects = [{ effect: 'delete-data', place: '/srv/data' }]
const removal = 'rm /srv/data/2024.csv\n'

/** An order whose first step is asked about, claimed by esra. */
async function claimed(texts: readonly string[] = [removal]) {
  const steps = texts.map((text) => step(it, text, { expected: 'one file less' }))
  const { order } = await submitted(as('tess'), steps, { effects })
  const params = { order }
  const review = await as('esra').call('claimOrder', { params, body: { version: 1 } })
  return { order, params, review }
}

const say = (who: Name, order: string, body: Partial<Answer>) =>
  as(who).ask('recordComprehension', {
    params: { order },
    body: { version: 1, step: 1, question: 'what-changes', answer: 'unknown', ...body },
  })

/** Answers with the choices that say `words`. */
async function understand(who: Name, order: string, words = /2024\.csv/): Promise<Review> {
  let review = await as(who).call('review', { params: { order } })
  for (const { ask, choices } of review.steps[0]?.understanding.questions ?? []) {
    const answer = choices.findIndex((choice) => words.test(choice)) + 1
    const body = { version: 1, step: 1, question: ask, answer }
    review = await as(who).call('recordComprehension', { params: { order }, body })
  }
  return review
}

const allow = (who: 'esra' | 'emil', order: string, steps = [1]) =>
  signAs(as(who), it.organisation, who, order, { kind: 'allow', version: 1, steps })

test('what a step does is held back from an escort until they have said it themselves', async () => {
  const { order, params, review } = await claimed([removal, 'uptime\n'])
  const [first, second] = review.steps
  expect(first?.understanding).toMatchObject({ covered: true, may: { permitted: true }, doubtedBy: [] })
  expect(first?.analysis).toMatchObject({ level: 'high-impact', summary: '', effects: [], undeclared: [] })
  expect(first?.analysis.explained).not.toEqual([])
  expect([first?.expected, review.effects]).toEqual(['', []])
  expect(second).toMatchObject({
    understanding: { covered: false, questions: [] },
    expected: 'one file less',
  })
  expect(JSON.stringify(review)).not.toContain('"right"')
  expect(review.may.allow).toEqual({
    permitted: false,
    refusal: { code: 'comprehension-missing', step: 1 },
  })
  const allowing = await allow('esra', order, [1, 2])
  expect(allowing).toMatchObject({ status: 409, body: { code: 'comprehension-missing', step: 1 } })
  // Nobody else decides, so nobody else is asked.
  for (const who of ['otto', 'anna'] as const) {
    const seen = await as(who).call('review', { params })
    expect(seen.steps[0]).toMatchObject({ understanding: { covered: false }, expected: 'one file less' })
  }
})

test('whoever understood it decides alone', async () => {
  const { order, params } = await claimed()
  const review = await understand('esra', order)
  expect(review.steps[0]?.understanding.questions.map(({ matched }) => matched)).toEqual([true, true])
  expect(review).toMatchObject({ effects, may: { allow: { permitted: true } } })
  expect(review.steps[0]).toMatchObject({
    understanding: { covered: false },
    expected: 'one file less',
    quorum: { needed: 1 },
  })
  expect(review.steps[0]?.analysis.summary).toContain('2024.csv')
  expect(await say('esra', order, { answer: 1 })).toMatchObject({ body: { code: 'comprehension-answered' } })
  expect(await allow('esra', order)).toMatchObject({ status: 200 })
  expect((await ended(as('esra'), order, 1)).phase).toBe('done')
  const { entries } = await as('anna').call('auditLog', { query: { order: params.order } })
  const said = entries.filter(({ type }) => type === 'comprehension-recorded')
  expect(said.map(({ event }) => event['matched'])).toEqual([true, true])
  expect(JSON.stringify(said)).not.toContain('csv')
})

test.for<[what: string, answer: (review: Review) => number | 'unknown']>([
  ['who does not know', () => 'unknown'],
  [
    'who is wrong',
    ({ steps }) =>
      (steps[0]?.understanding.questions[0]?.choices.findIndex((one) => !one.includes('2024')) ?? 0) + 1,
  ],
])('%s calls a second escort', async ([, answer]) => {
  const { order, params, review } = await claimed()
  expect(await say('esra', order, { answer: answer(review) })).toMatchObject({ status: 200 })
  const seen = await as('esra').call('recordComprehension', {
    params,
    body: { version: 1, step: 1, question: 'what-is-interrupted', answer: 1 },
  })
  expect(seen.steps[0]?.understanding.doubtedBy.map(({ name }) => name)).toHaveLength(1)
  expect(seen.steps[0]?.quorum.needed).toBe(2)
  expect(await allow('esra', order)).toMatchObject({ status: 200 })
  expect(await as('esra').call('review', { params })).toMatchObject({
    phase: 'waiting-for-second-escort',
    runs: [],
  })
  // They are asked as well, before anything is uncovered, and need not hold the claim.
  expect(await allow('emil', order)).toMatchObject({ body: { code: 'comprehension-missing' } })
  await understand('emil', order)
  expect(await allow('emil', order)).toMatchObject({ status: 200 })
  expect((await ended(as('esra'), order, 1)).phase).toBe('done')
})

test('only what was asked can be answered', async () => {
  const { order } = await claimed([removal, 'uptime\n'])
  expect(await say('esra', order, { answer: 16 })).toMatchObject({
    body: { code: 'comprehension-not-asked' },
  })
  expect(await say('esra', order, { step: 2 })).toMatchObject({ body: { code: 'comprehension-not-asked' } })
  expect(await say('esra', order, { step: 3 })).toMatchObject({ body: { code: 'step-unknown' } })
  expect(await say('emil', order, {})).toMatchObject({ body: { code: 'order-not-claimed' } })
})

test('a draft is analysed step after step, and nothing of it is kept', async () => {
  const { target, account } = step(it, '')
  const draft = (text: string) => ({
    target,
    account,
    interpreter: 'bash' as const,
    bytes: toBase64(utf8(text)),
  })
  const steps = [draft("printf 'uptime\\n' > /tmp/look.sh\n"), draft('bash /tmp/look.sh\n'), draft(removal)]
  const before = (await as('anna').call('auditLog')).size
  const { analyses } = await as('tess').call('analyse', { body: { steps, effects } })
  expect(analyses.map(({ level }) => level)).toEqual(['notable', 'routine', 'high-impact'])
  expect(analyses[2]).not.toHaveProperty('questions')
  expect(analyses[2]?.undeclared).toEqual([])
  expect((await as('anna').call('auditLog')).size).toBe(before)
})
