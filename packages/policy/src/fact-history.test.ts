import { expect, test } from 'vitest'
import { recordedAt, type FactChange } from './fact-history.ts'
import { factsAt, type Fact } from './facts.ts'

const fact = <T>(value: T, until: string | null = null): Fact<T> => ({
  value,
  source: 'hr',
  evidence: 'letter',
  from: '2026-01-01T00:00:00Z',
  until,
})
const history: readonly FactChange[] = [
  { at: '2026-01-01T00:00:00Z', kind: 'origin', recorded: fact('DE') },
  { at: '2026-02-01T00:00:00Z', kind: 'investigation', recorded: fact(3, '2026-06-01T00:00:00Z') },
  { at: '2026-03-01T00:00:00Z', kind: 'origin', recorded: fact('FR') },
  { at: '2026-04-01T00:00:00Z', kind: 'roles', recorded: [fact('escort')] },
  { at: '2026-05-01T00:00:00Z', kind: 'roles', recorded: null },
]

test.for<[then: string, facts: object]>([
  ['2025-12-31T23:59:59Z', {}],
  ['2026-01-01T00:00:00Z', { origin: 'DE' }],
  ['2026-02-28T00:00:00Z', { origin: 'DE', investigation: 3 }],
  ['2026-04-30T00:00:00Z', { origin: 'FR', investigation: 3, roles: ['escort'] }],
  ['2026-05-01T00:00:00Z', { origin: 'FR', investigation: 3 }],
  ['2026-06-01T00:00:00Z', { origin: 'FR' }],
])('at %s it was %o', ([then, facts]) => {
  expect(factsAt(recordedAt(history, then), then)).toEqual(facts)
})

test('what is recorded later does not change what was known before', () => {
  const then = '2026-02-15T00:00:00Z'
  const backdated: FactChange = { at: '2026-09-01T00:00:00Z', kind: 'investigation', recorded: fact(0) }
  expect(recordedAt([...history, backdated], then)).toEqual(recordedAt(history, then))
})
