import { afterAll, describe, expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import type { StepToAnalyse } from '@chaperone/usecases'
import { analystContract } from '@chaperone/testkit'
import { analystPool } from './analyst-pool.ts'

describe('a pool of threads', () => {
  const pool = analystPool({ size: 1, stepMilliseconds: 10_000, orderMilliseconds: 60_000 })
  afterAll(() => pool[Symbol.asyncDispose]())
  analystContract(() => pool)
})

/** A worker that does what the steps say. */
const obedient = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads'
  parentPort.on('message', ({ steps, skip }) => {
    for (const [step, { bytes }] of steps.entries()) {
      if (skip.includes(step)) continue
      const text = new TextDecoder().decode(bytes)
      if (text === 'loop') for (;;);
      if (text === 'throw') throw new Error('asked to')
      if (text === 'exit') process.exit(3)
      if (text === 'exhaust') for (const kept = []; ; ) kept.push(new Array(100_000).fill(text))
      parentPort.postMessage({ step, analysis: { level: 'routine', summary: text } })
    }
    parentPort.postMessage('done')
    if (steps.some(({ target }) => target === 'leave')) process.exit(0)
  })
  parentPort.postMessage('ready')`)}`,
)

function step(text: string, target = 'web-1'): StepToAnalyse {
  return { target, account: 'ops', interpreter: 'bash', bytes: utf8(text), files: [] }
}

const levels = ['routine', 'opaque', 'routine']

describe('a step that its thread does not survive', () => {
  test.for<[what: string, reason: string]>([
    ['loop', 'analysis-timed-out'],
    ['throw', 'analysis-failed'],
    ['exit', 'analysis-failed'],
    ['exhaust', 'analysis-failed'],
  ])('%s: it alone cannot be known (%s)', async ([what, reason]) => {
    const stepMilliseconds = reason === 'analysis-timed-out' ? 200 : 30_000
    const alarms: string[] = []
    const alarm = (code: string) => void alarms.push(code)
    const options = { size: 1, stepMilliseconds, orderMilliseconds: 60_000, worker: obedient, alarm }
    await using pool = analystPool(options)
    const analyses = await pool.analyse([step('a'), step(what), step('b')], [])
    expect(analyses.map(({ level }) => level)).toEqual(levels)
    expect(analyses[1]?.opaque).toEqual([{ reason, span: { start: 0, end: what.length } }])
    expect(analyses[1]?.unknown).toHaveLength(1)
    expect(alarms).toEqual(reason === 'analysis-failed' ? ['analysis-failed'] : [])
    // The thread that follows serves the next order.
    expect((await pool.analyse([step('c')], [])).map(({ summary }) => summary)).toEqual(['c'])
  })

  test('others are served meanwhile, and this thread goes on', async () => {
    await using pool = analystPool({
      size: 2,
      stepMilliseconds: 60_000,
      orderMilliseconds: 60_000,
      worker: obedient,
    })
    const stuck = pool.analyse([step('loop')], [])
    const served = await Promise.all(['a', 'b', 'c'].map((text) => pool.analyse([step(text)], [])))
    expect(served.map(([analysis]) => analysis?.summary)).toEqual(['a', 'b', 'c'])
    await pool[Symbol.asyncDispose]()
    expect((await stuck)[0]?.level).toBe('opaque')
  })
})

test('an order of many such steps ends with its time', async () => {
  const options = { size: 1, stepMilliseconds: 150, orderMilliseconds: 400, worker: obedient }
  await using pool = analystPool(options)
  const steps = [step('a'), ...Array.from({ length: 60 }, () => step('loop'))]
  const analyses = await pool.analyse(steps, [])
  expect(analyses.map(({ level }) => level)).toEqual(['routine', ...Array(60).fill('opaque')])
  expect((await pool.analyse([step('b')], []))[0]?.level).toBe('routine')
})

test('a thread that ended between two orders is followed by another', async () => {
  await using pool = analystPool({ size: 1, worker: obedient })
  await pool.analyse([step('a', 'leave')], [])
  await expect
    .poll(async () => (await pool.analyse([step('b')], []))[0]?.level, { timeout: 10_000 })
    .toBe('routine')
})

test('without a worker nothing can be known', async () => {
  const alarms: string[] = []
  const worker = new URL('data:text/javascript,throw%20new%20Error()')
  await using pool = analystPool({ size: 1, worker, alarm: (code) => void alarms.push(code) })
  const analyses = await pool.analyse([step('a'), step('b')], [])
  expect(analyses.map(({ level }) => level)).toEqual(['opaque', 'opaque'])
  expect(alarms).toContain('analysis-unavailable')
})
