import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from './line-diff.ts'

const spell = (before: string, after: string) =>
  diffLines([...before], [...after], (line) => line)
    .map(({ kind, line }) => ({ same: ' ', removed: '-', added: '+' })[kind] + line)
    .join('')

test.for<[before: string, after: string, difference: string]>([
  ['', '', ''],
  ['abc', 'abc', ' a b c'],
  ['abc', '', '-a-b-c'],
  ['', 'ab', '+a+b'],
  ['abc', 'axc', ' a-b+x c'],
  ['abcd', 'bcde', '-a b c d+e'],
  ['aab', 'ab', ' a-a b'],
])('`%s` to `%s`', ([before, after, difference]) => {
  expect(spell(before, after)).toBe(difference)
})

const line = fc.constantFrom('a', 'b', 'c', 'd')

test('both lists can be read off the difference, and no shorter one exists', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(line, { maxLength: 8 }), (before, after) => {
      const difference = diffLines(before, after, (text) => text)
      const side = (kind: string) =>
        difference.filter((entry) => entry.kind === 'same' || entry.kind === kind).map((entry) => entry.line)
      expect(side('removed')).toEqual(before)
      expect(side('added')).toEqual(after)
      expect(difference.filter(({ kind }) => kind === 'same').length).toBe(longestCommon(before, after))
    }),
  )
})

/** Counted by trying every subset. */
function longestCommon(before: readonly string[], after: readonly string[]): number {
  let best = 0
  for (let subset = 0; subset < 1 << before.length; subset++) {
    const chosen = before.filter((_, i) => (subset >> i) & 1)
    let found = 0
    for (const text of after) if (text === chosen[found]) found++
    if (found === chosen.length) best = Math.max(best, found)
  }
  return best
}
