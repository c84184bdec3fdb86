import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import type { Cedar } from './cedar.ts'
import { caseOfRow, parseFixtures } from './case-table.ts'
import { decideJson, decideLine } from './decide.ts'

const files = policyFolder()
const { cedar, policies } = await testPolicies(files)
const fixtures = parseFixtures(files.get('cases/people.json') ?? '')
const good = JSON.parse(
  JSON.stringify(
    caseOfRow(
      'dod-il4',
      { name: 'good', who: 'technician', action: 'submit', expect: 'permit', because: [] },
      fixtures,
    ),
  ),
) as Tree

type Tree = { [name: string]: Tree }

/** The good case with one thing changed; `undefined` takes it away. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(good)
  const names = path.split('.')
  const last = names.pop() ?? ''
  let at = copy
  for (const name of names) at = at[name]!
  if (value === undefined) delete at[last]
  else at[last] = value as Tree
  return copy
}

test('the case that the others vary is permitted', () => {
  expect(decideJson(cedar, policies, good).decision).toBe('permit')
})

test.for<[path: string, value: unknown, id: string]>([
  ['regime', 'dod-il7', 'regime-unknown'],
  ['regime', undefined, 'case-malformed'],
  ['action', 'undo', 'case-malformed'],
  ['person', undefined, 'case-malformed'],
  ['person.id', undefined, 'case-malformed'],
  ['person.facts', undefined, 'case-malformed'],
  ['person.facts', [], 'case-malformed'],
  ['person.facts.affiliation', 'us-citizen', 'case-malformed'],
  ['person.facts.affiliation.value', 'citizen', 'case-malformed'],
  ['person.facts.affiliation.source', undefined, 'case-malformed'],
  ['person.facts.affiliation.evidence', '', 'case-malformed'],
  ['person.facts.affiliation.from', '2026-02-30T00:00:00Z', 'case-malformed'],
  ['person.facts.affiliation.until', undefined, 'case-malformed'],
  ['person.facts.afiliation', {}, 'case-malformed'],
  ['person.facts.origin.value', 'us', 'case-malformed'],
  ['person.facts.origin.value', 'USA', 'case-malformed'],
  ['person.facts.origin.value', 'XX', 'country-unknown'],
  ['person.facts.citizenships.value', ['US', 'ZZ'], 'country-unknown'],
  ['person.facts.citizenships.value', 'US', 'case-malformed'],
  ['person.facts.investigation.value', '3', 'case-malformed'],
  ['person.facts.investigation.value', 6, 'case-malformed'],
  ['person.facts.clearance.value', 'SECRET', 'case-malformed'],
  ['person.facts.roles', {}, 'case-malformed'],
  ['target', undefined, 'case-malformed'],
  ['target.id', undefined, 'case-malformed'],
  ['target.regime', undefined, 'case-malformed'],
  ['target.data', ['secret-sauce'], 'case-malformed'],
  ['target.impactLevel', 'il3', 'case-malformed'],
  ['context', undefined, 'case-malformed'],
  ['context.now', undefined, 'case-malformed'],
  ['context.now', '2026-11-24', 'case-malformed'],
  ['context.aproval', {}, 'case-malformed'],
  ['context.approvals', [{}], 'case-malformed'],
])('%s = %o is denied: %s', ([path, value, id]) => {
  const { decision, reasons } = decideJson(cedar, policies, changed(path, value))
  expect([decision, reasons.map((reason) => reason.id)]).toEqual(['forbid', [id]])
})

test.for<[line: string, id: string]>([
  ['', 'case-malformed'],
  ['{', 'case-malformed'],
  ['null', 'case-malformed'],
  ['[]', 'case-malformed'],
  ['"dod-il4"', 'case-malformed'],
  ['{"__proto__":{"regime":"open"}}', 'case-malformed'],
  [JSON.stringify(good).replace('"id":"web-1"', '"id":"\\ud800"'), 'case-malformed'],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'case-malformed'],
  [' '.repeat(1_000_001), 'case-malformed'],
])('a line that is no case is denied (row %#)', ([line, id]) => {
  expect(decideLine(cedar, policies, line)).toMatchObject({ decision: 'forbid', reasons: [{ id }] })
})

test('whatever a line holds, it is answered and not permitted', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      const { decision, reasons } = decideLine(cedar, policies, line)
      expect([decision, reasons.length]).toEqual(['forbid', 1])
    }),
    { numRuns: 300 },
  )
})

test('whatever stands in one place of a good case, the answer has a reason that is known', () => {
  const places = pathsIn(good)
  const known = new Set(['case-malformed', 'country-unknown', 'regime-unknown'])
  for (const set of policies.regimes.values()) for (const id of set.policies.keys()) known.add(id)
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
      const { decision, reasons } = decideJson(cedar, policies, changed(path, value))
      for (const { id } of reasons) expect(known).toContain(id)
      expect(reasons.length).toBeGreaterThan(0)
      if (decision === 'permit') expect(reasons).toMatchObject([{ id: 'dod-il4-submit' }])
    }),
    { numRuns: 500 },
  )
})

/** Every place in a tree, as a path. */
function pathsIn(tree: Tree, before: readonly string[] = []): readonly string[] {
  return Object.entries(tree).flatMap(([name, below]) => {
    const path = [...before, name]
    return [path.join('.'), ...(typeof below === 'object' && below !== null ? pathsIn(below, path) : [])]
  })
}

test('a rule that cannot be evaluated denies, though the engine skips it and allows', async () => {
  // Arithmetic overflow is the one error that validation cannot rule out.
  const overflow =
    '@id("overflow")\n@requirement("E-2")\n@reason("Because.")\n' +
    'forbid (principal, action, resource) when { principal has investigation && principal.investigation * 9223372036854775807 > 0 };'
  const broken = await testPolicies(new Map(files).set('dod-il4/overflow.cedar', overflow))
  const { decision, reasons } = decideJson(broken.cedar, broken.policies, good)
  expect(decision).toBe('forbid')
  expect(reasons).toMatchObject([
    { id: 'engine-error', requirement: 'E-3', text: expect.stringContaining('overflow') as unknown },
  ])
})

const answering = (answer: () => ReturnType<Cedar['statefulIsAuthorized']>): Cedar => ({
  ...cedar,
  statefulIsAuthorized: answer,
})
const allowing = { decision: 'allow' as const, diagnostics: { reason: ['dod-il4-submit'], errors: [] } }

test.for<
  [what: string, answer: () => ReturnType<Cedar['statefulIsAuthorized']>, decision: string, id: string]
>([
  ['allows', () => ({ type: 'success', warnings: [], response: allowing }), 'permit', 'dod-il4-submit'],
  [
    'allows by a policy that nobody knows',
    () => ({
      type: 'success',
      warnings: [],
      response: { ...allowing, diagnostics: { reason: ['x'], errors: [] } },
    }),
    'forbid',
    'nothing-permits',
  ],
  [
    'allows for no reason',
    () => ({
      type: 'success',
      warnings: [],
      response: { ...allowing, diagnostics: { reason: [], errors: [] } },
    }),
    'forbid',
    'nothing-permits',
  ],
  ['refuses the request', () => ({ type: 'failure', warnings: [], errors: [] }), 'forbid', 'engine-error'],
  [
    'throws',
    () => {
      throw new Error('unreachable')
    },
    'forbid',
    'engine-error',
  ],
  [
    'throws something else',
    () => {
      throw 'unreachable' as unknown as Error
    },
    'forbid',
    'engine-error',
  ],
])('an engine that %s', ([, answer, decision, id]) => {
  expect(decideJson(answering(answer), policies, good)).toMatchObject({ decision, reasons: [{ id }] })
})

test('a policy set that the engine does not hold denies', () => {
  const set = policies.regimes.get('dod-il4')!
  const elsewhere = { ...set, preparsed: { ...set.preparsed, policies: 'policies:gone' } }
  const moved = { ...policies, regimes: new Map([['dod-il4', elsewhere]]) }
  expect(decideJson(cedar, moved, good)).toMatchObject({
    decision: 'forbid',
    reasons: [{ id: 'engine-error' }],
  })
})
