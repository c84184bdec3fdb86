import { expect, test } from 'vitest'
import { parseArguments, UsageError, type DemoArguments } from './arguments.ts'

test.for<[words: readonly string[], expected: Partial<DemoArguments>]>([
  [[], { portBase: undefined, sample: true, reset: false, script: false, help: false }],
  [['--folder', '/tmp/a/../b'], { folder: '/tmp/b' }],
  [['--port-base', '9400'], { portBase: 9400 }],
  [['--no-sample', '--reset'], { sample: false, reset: true }],
  [['--script'], { script: true }],
])('reads %j', ([words, expected]) => {
  expect(parseArguments(words)).toMatchObject(expected)
})

test.for<[words: readonly string[]]>([
  [['--bogus']],
  [['more']],
  [['--folder']],
  [['--port-base', '80']],
  [['--port-base', '65001']],
  [['--port-base', '84OO']],
])('refuses %j', ([words]) => {
  expect(() => parseArguments(words)).toThrow(UsageError)
})
