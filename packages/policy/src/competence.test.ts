import { expect, test } from 'vitest'
import { coveredNeeds, covers, spellNeed } from './competence.ts'

const held = (technology: string, family: string, level: number) => ({
  technology,
  family,
  level,
  examiner: 'p-x',
})

test.for<
  [
    family: string,
    level: number,
    need: { family?: string; level?: number; technology?: string },
    enough: boolean,
  ]
>([
  ['accounts', 2, {}, true],
  ['accounts', 2, { family: 'accounts' }, true],
  ['accounts', 2, { family: 'accounts', level: 2 }, true],
  ['accounts', 2, { family: 'accounts', level: 3 }, false],
  ['accounts', 2, { family: 'services' }, false],
  ['*', 2, { family: 'services', level: 2 }, true],
  ['*', 1, { level: 2 }, false],
  ['*', 3, { technology: 'windows' }, false],
])('linux/%s at level %i for %o: %o', ([family, level, need, enough]) => {
  expect(covers(held('linux', family, level), { technology: 'linux', ...need })).toBe(enough)
})

test('needs are spelt apart, whatever they leave open', () => {
  expect(spellNeed({ technology: 'linux' })).toBe('linux@1')
  expect(spellNeed({ technology: 'linux', family: 'accounts', level: 3 })).toBe('linux/accounts@3')
})

test('only the needs that one competence covers by itself are covered', () => {
  const needs = [{ technology: 'linux', family: 'accounts', level: 2 }, { technology: 'sql' }]
  // A high level in another family and a low one in this do not add up.
  expect(coveredNeeds([held('linux', 'services', 3), held('linux', 'accounts', 1)], needs)).toEqual([])
  expect(coveredNeeds([held('linux', 'accounts', 2)], needs)).toEqual(['linux/accounts@2'])
})
