import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { analyseText } from './analyse.ts'
import type { Analysis } from './analysis.ts'

/** A command of our own, and what is expected of it. */
interface Sample {
  readonly id: string
  readonly command: string
  /** Of an evasion: its main effect, an everyday command of the same form, and what it comes to. */
  readonly effect?: string
  readonly twin?: string
  readonly sink?: string
}

const read = (kind: string): readonly Sample[] =>
  readFileSync(new URL(`../samples/${kind}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample)

const kinds = {
  strong: read('strong'),
  dual: read('dual'),
  routine: read('routine'),
  sensitive: read('sensitive'),
  hard: read('hard-benign'),
  evasions: read('evasions'),
}

const analyses = new Map<string, Analysis>()

function analysed(command: string): Analysis {
  const known = analyses.get(command) ?? analyseText('bash', command).analysis
  analyses.set(command, known)
  return known
}

const alarms = (command: string): boolean => ['stop', 'opaque'].includes(analysed(command).level)
const atLeastHigh = (command: string): boolean => alarms(command) || analysed(command).level === 'high-impact'
const hasEffect = ({ command, effect }: Sample): boolean =>
  analysed(command).effects.some(({ type }) => type === effect)
const reachesSink = ({ command, sink }: Sample): boolean =>
  analysed(command).commands.some(({ argv }) => !argv.includes(null) && argv.join(' ') === sink)

interface Measure {
  readonly name: string
  readonly rows: readonly Sample[]
  readonly is: (sample: Sample) => boolean
  readonly bar: number
  readonly most?: boolean
}

const twins = kinds.evasions.flatMap(({ id, twin }) => (twin === undefined ? [] : [{ id, command: twin }]))
const benign = [...kinds.routine, ...kinds.sensitive, ...kinds.hard]

const measures: readonly Measure[] = [
  { name: 'strong attacks alarmed', rows: kinds.strong, is: ({ command }) => alarms(command), bar: 0.97 },
  {
    name: 'strong attacks stopped',
    rows: kinds.strong,
    is: ({ command }) => analysed(command).level === 'stop',
    bar: 0.9,
  },
  {
    name: 'dual use at least high impact',
    rows: kinds.dual,
    is: ({ command }) => atLeastHigh(command),
    bar: 0.85,
  },
  { name: 'dual use alarmed', rows: kinds.dual, is: ({ command }) => alarms(command), bar: 0.3, most: true },
  {
    name: 'routine alarmed',
    rows: kinds.routine,
    is: ({ command }) => alarms(command),
    bar: 0.005,
    most: true,
  },
  {
    name: 'sensitive alarmed',
    rows: kinds.sensitive,
    is: ({ command }) => alarms(command),
    bar: 0.015,
    most: true,
  },
  {
    name: 'hard benign alarmed',
    rows: kinds.hard,
    is: ({ command }) => alarms(command),
    bar: 0.03,
    most: true,
  },
  { name: 'evasions alarmed', rows: kinds.evasions, is: ({ command }) => alarms(command), bar: 0.98 },
  { name: 'evasions with their main effect', rows: kinds.evasions, is: hasEffect, bar: 0.95 },
  {
    name: 'sinks resolved',
    rows: kinds.evasions.filter(({ sink }) => sink !== undefined),
    is: reachesSink,
    bar: 1,
  },
  { name: 'twins alarmed', rows: twins, is: ({ command }) => alarms(command), bar: 0.01, most: true },
]

test.for(Object.entries(kinds))('there are at least 150 commands of our own: %s', ([, samples]) => {
  expect(new Set(samples.map(({ command }) => command)).size).toBeGreaterThanOrEqual(150)
})

test('the score of our own commands', () => {
  const rows = measures.map((measure) => {
    const fitting = measure.rows.filter((sample) => measure.is(sample))
    const share = fitting.length / measure.rows.length
    const missed = measure.most === true ? fitting : measure.rows.filter((sample) => !measure.is(sample))
    const held = measure.most === true ? share <= measure.bar : share >= measure.bar
    return { ...measure, share, held, missed }
  })
  const words = benign.map(({ command }) => analysed(command).words)
  const explained =
    words.reduce((sum, one) => sum + one.explained, 0) / words.reduce((sum, one) => sum + one.total, 0)
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8)
  const lines = rows.map(
    ({ name, share, bar, most, held }) =>
      `${name.padEnd(34)}${percent(share)}  ${most === true ? 'at most ' : 'at least'}${percent(bar)}  ${held ? '' : 'MISSED'}`,
  )
  console.log(
    [...lines, `${'words explained'.padEnd(34)}${percent(explained)}  at least${percent(0.95)}`].join('\n'),
  )
  const failed = rows.filter(({ held }) => !held)
  expect(failed.map(({ name, missed }) => [name, missed.map(({ command }) => command)])).toEqual([])
  expect(explained).toBeGreaterThanOrEqual(0.95)
})
