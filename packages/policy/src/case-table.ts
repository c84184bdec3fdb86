import { z } from 'zod'
import { isInstant } from '@chaperone/encoding'
import { recordedFacts } from './facts.ts'
import { actions } from './policy-case.ts'

/** Tables of cases that read like the rule: a person by name, what differs, an action, and what must come out. */

const values = z.record(z.string(), z.unknown())
const fixturesShape = z.strictObject({
  now: z.string().refine(isInstant),
  people: z.record(z.string(), values),
  targets: z.record(z.string(), values),
})

const rowShape = z.strictObject({
  name: z.string().min(1),
  who: z.string(),
  /** Facts that differ; null takes one away. */
  but: values.optional(),
  /** Kinds of facts that ended at the moment of the question. */
  expired: z.array(z.string()).optional(),
  action: z.enum(actions),
  target: values.optional(),
  context: values.optional(),
  expect: z.enum(['permit', 'forbid']),
  /** Each reason as `REQUIREMENT id`: all of them, in the order of the policies. */
  because: z.array(z.string()),
})

export type CaseFixtures = z.infer<typeof fixturesShape>
export type CaseRow = z.infer<typeof rowShape>

export function parseFixtures(text: string): CaseFixtures {
  return fixturesShape.parse(JSON.parse(text))
}

/** The rows of a `cases.jsonl`. */
export function parseRows(text: string): readonly CaseRow[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => rowShape.parse(JSON.parse(line)))
}

/** The case that a row stands for, in the form of docs/policy-cases.md. */
export function caseOfRow(regime: string, row: CaseRow, fixtures: CaseFixtures): unknown {
  const person = fixtures.people[row.who]
  const target = fixtures.targets[regime]
  if (person === undefined) throw new TypeError(`no person \`${row.who}\` in the fixtures`)
  if (target === undefined) throw new TypeError(`no target for \`${regime}\` in the fixtures`)
  return {
    regime,
    action: row.action,
    person: {
      id: `p-${row.who}`,
      facts: factsOf(withoutNulls({ ...person, ...row.but }), fixtures.now, row.expired ?? []),
    },
    target: withoutNulls({ ...target, ...row.target }),
    context: { now: fixtures.now, ...row.context },
  }
}

function factsOf(plain: Readonly<Record<string, unknown>>, now: string, expired: readonly string[]): object {
  const about = { source: 'case table', evidence: 'case table', from: '2020-01-01T00:00:00Z' }
  const ended = Object.entries(plain).filter(([kind]) => expired.includes(kind))
  return {
    ...recordedFacts(plain, { ...about, until: null }),
    ...recordedFacts(Object.fromEntries(ended), { ...about, until: now }),
  }
}

function withoutNulls(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
