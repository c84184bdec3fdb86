import { expect, test } from 'vitest'
import { runsDifferently } from './resolved.ts'

test.for<[typed: readonly string[] | null, argv: readonly (string | null)[], differs: boolean]>([
  [null, ['uptime'], false],
  [['echo', '"a b"', "'c'"], ['echo', 'a b', 'c'], false],
  [['rm', '$F'], ['rm', '/etc/hosts'], true],
  [['rm', '$F'], ['rm', null], true],
  [['ls', '*.c'], ['ls', 'a.c', 'b.c'], true],
])('%j runs %j: %s', ([typed, argv, differs]) => {
  expect(runsDifferently(typed, argv)).toBe(differs)
})
