import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { OutputWish } from '@chaperone/contract'
import { openRequestsOf, takenOutUnasked } from './asked-lines.ts'
import { redacted } from './redaction.ts'

const text = 'one\ntwo\nthree\nfour\n'
const left = (...wishes: OutputWish[]) =>
  redacted(
    text,
    takenOutUnasked(
      text,
      wishes.map((wish) => ({ wish })),
    ),
  ).text
const cut = '[redacted: not asked for]'

test.for<[string, OutputWish[], string]>([
  ['a range', [{ about: 'lines', from: 2, to: 3 }], `${cut}\ntwo\nthree\n${cut}\n`],
  ['a plain text', [{ about: 'containing', text: 'o' }], `one\ntwo\n${cut}\nfour\n`],
  ['a text that is no pattern', [{ about: 'containing', text: '.' }], `${cut}\n`],
  [
    'two at once',
    [
      { about: 'lines', from: 1, to: 1 },
      { about: 'containing', text: 'four' },
    ],
    `one\n${cut}\nfour\n`,
  ],
  ['a range past the end', [{ about: 'lines', from: 9, to: 12 }], `${cut}\n`],
  ['words, which only a person can judge', [{ about: 'words', text: 'the third' }], text],
  ['nothing', [], text],
])('%s', ([, wishes, expected]) => {
  expect(left(...wishes)).toBe(expected)
})

test('what leaves besides what was asked for is only the label', () => {
  const lines = fc.array(fc.constantFrom('', 'a', 'secret', 'ab'), { maxLength: 12 })
  fc.assert(
    fc.property(lines, fc.nat(12), fc.nat(5), (all, from, more) => {
      const whole = all.join('\n')
      const wish = { about: 'lines' as const, from: from + 1, to: from + 1 + more }
      const out = redacted(whole, takenOutUnasked(whole, [{ wish }])).text
      const kept = all.slice(from, from + 1 + more).filter((line) => line !== '')
      expect(out.split('\n').filter((line) => line !== '' && line !== cut)).toEqual(kept)
    }),
  )
})

test('only what is open for the step of that version counts', () => {
  const wish = { about: 'words', text: 'x' } as const
  const request = { request: 1, version: 1, step: 2, wish, answer: null }
  const requests = [
    request,
    { ...request, request: 2, version: 2 },
    { ...request, request: 3, step: 1 },
    { ...request, request: 4, answer: 'released' as const },
  ]
  expect(openRequestsOf({ requests }, { version: 1, step: 2 })).toEqual([request])
})
