import { expect, test } from 'vitest'
import type { Review, ReviewStep, RunView } from '@chaperone/contract'
import { remainingSteps, stateOfStep, stepName, stepsToAllow, runsToRelease } from './order-progress.ts'

const ann = { person: 'p-escortone', name: 'Ann' }
const ben = { person: 'p-escorttwo', name: 'Ben' }

function step(
  index: number,
  allowedBy: readonly (typeof ann)[] = [],
  needed = 1,
  rollback = false,
): ReviewStep {
  return { step: index, rollback, quorum: { needed, allowedBy } } as unknown as ReviewStep // only these are read
}

function run(index: number, attempt: number, outcome: RunView['outcome'], version = 1): RunView {
  const state = outcome === null ? 'started' : 'ended'
  return { run: `${version}-${index}-${attempt}`, version, step: index, attempt, state, outcome } as RunView // only these are read
}

const succeeded = { result: 'succeeded' } as const
const refused = { result: 'not-started', reason: 'too-late' } as const
const failed = { result: 'failed', exit: 1, signal: null } as const

test.for<[name: string, step: ReviewStep, runs: RunView[], kind: string]>([
  ['nobody has decided', step(1), [], 'undecided'],
  ['allowed', step(1, [ann]), [], 'allowed'],
  ['one of two', step(1, [ann], 2), [], 'partly-allowed'],
  ['two of two', step(1, [ann, ben], 2), [], 'allowed'],
  ['running', step(1), [run(1, 1, null)], 'running'],
  ['failed', step(1), [run(1, 1, failed)], 'ended'],
  ['failed and allowed again', step(1, [ann]), [run(1, 1, failed)], 'allowed'],
  ['the second attempt runs', step(1), [run(1, 1, failed), run(1, 2, null)], 'running'],
  ['succeeded in the end', step(1), [run(1, 2, succeeded), run(1, 1, failed)], 'ended'],
  ['it succeeded in another version', step(1), [run(1, 1, succeeded, 2)], 'undecided'],
])('%s', ([, one, runs, kind]) => {
  expect(stateOfStep({ runs, version: 1 }, one).kind).toBe(kind)
})

const review = {
  version: 1,
  steps: [step(1), step(2), step(3), step(4, [], 1, true)],
  runs: [run(1, 1, succeeded), run(2, 1, failed), { ...run(3, 1, refused), startedAt: null }],
  releases: [{ run: '1-1-1' }],
  requests: [],
} as unknown as Review // only these are read

test('what remains', () => {
  expect(remainingSteps(review, 'work').map((one) => one.step)).toEqual([2, 3])
  expect(remainingSteps(review, 'rollback').map((one) => one.step)).toEqual([4])
})

test.for<[name: string, steps: ReviewStep[], runs: RunView[], person: string, wanted: number[]]>([
  ['everything at first', [step(1), step(2)], [], ann.person, [1, 2]],
  ['not what was allowed already', [step(1), step(2, [ann])], [run(1, 1, failed)], ann.person, [1]],
  ['not one’s own seat twice', [step(1, [ann], 2)], [], ann.person, []],
  ['the other seat', [step(1, [ann], 2)], [], ben.person, [1]],
  ['not a third seat of two', [step(1, [ann, ben], 2)], [], 'p-escortthree', []],
  ['not what succeeded', [step(1), step(2)], [run(1, 1, succeeded)], ann.person, [2]],
])('to allow: %s', ([, steps, runs, person, wanted]) => {
  expect(stepsToAllow({ version: 1, steps, runs }, 'work', person).map((one) => one.step)).toEqual(wanted)
})

test('rollback steps have numbers of their own', () => {
  expect([1, 3, 4].map((index) => stepName(review, index))).toEqual(['step 1', 'step 3', 'rollback step 1'])
})

test('what was released or put out nothing is not offered', () => {
  expect(runsToRelease(review).map((one) => one.run)).toEqual(['1-2-1'])
})

test('what is asked for again is offered again', () => {
  const request = { request: 1, version: 1, step: 1, wish: null, answer: null }
  const offered = (answer: null | 'released') =>
    runsToRelease({ ...review, requests: [{ ...request, answer }] }).map((one) => one.run)
  expect(offered(null)).toEqual(['1-1-1', '1-2-1'])
  expect(offered('released')).toEqual(['1-2-1'])
})
