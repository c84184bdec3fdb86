import { expect, test } from 'vitest'
import { factsAt, missingKinds, neededKinds, type Fact } from './facts.ts'

const fact = <T>(value: T, from: string, until: string | null): Fact<T> => ({
  value,
  source: 'hr',
  evidence: 'passport',
  from,
  until,
})
const begin = '2026-01-01T00:00:00Z'
const end = '2026-07-01T00:00:00Z'

test.for<[now: string, origin: string | undefined]>([
  ['2025-12-31T23:59:59Z', undefined],
  [begin, 'DE'],
  ['2026-06-30T23:59:59Z', 'DE'],
  [end, undefined],
])('at %s the fact is %s', ([now, origin]) => {
  expect(factsAt({ origin: fact('DE', begin, end) }, now).origin).toBe(origin)
})

test('a fact without an end goes on', () => {
  expect(factsAt({ origin: fact('DE', begin, null) }, '2099-01-01T00:00:00Z')).toEqual({ origin: 'DE' })
})

test('facts of a list end one by one, and an empty list is known to be empty', () => {
  const roles = [fact('escort' as const, begin, end), fact('auditor' as const, begin, null)]
  expect(factsAt({ roles }, begin).roles).toEqual(['escort', 'auditor'])
  expect(factsAt({ roles }, end).roles).toEqual(['auditor'])
  const ended = factsAt({ roles: roles.slice(0, 1) }, end)
  expect(ended.roles).toEqual([])
  expect(missingKinds(ended)).not.toContain('roles')
})

test('what was never recorded is missing, and screenings are not asked of everybody', () => {
  expect(missingKinds({})).toEqual(neededKinds)
  expect(neededKinds).not.toContain('screenings')
})
