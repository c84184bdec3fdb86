import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addRedaction, piecesOf, redacted, redactEvery, type Redaction } from './redaction.ts'

const label = { reason: 'secret', look: 'label' } as const
const blocks = { reason: 'secret', look: 'blocks' } as const

function take(text: string, ...spans: readonly (readonly [number, number])[]): readonly Redaction[] {
  return spans.reduce<readonly Redaction[]>(
    (list, [start, end]) => addRedaction(text, list, { ...label, start, end }),
    [],
  )
}

const text = 'user=ann pass=hunter2\nnext'

test('what is taken out is replaced by its reason, and the place is told', () => {
  expect(redacted(text, take(text, [14, 21]))).toEqual({
    text: 'user=ann pass=[redacted: secret]\nnext',
    redactions: [{ start: 14, end: 32, reason: 'secret' }],
  })
})

test('blocks keep width and lines', () => {
  const list = addRedaction(text, [], { ...blocks, start: 14, end: 26 })
  expect(redacted(text, list).text).toBe('user=ann pass=███████\n████')
})

test.for<[name: string, spans: [number, number][], result: [number, number][]]>([
  [
    'apart, in order',
    [
      [9, 13],
      [0, 4],
    ],
    [
      [0, 4],
      [9, 13],
    ],
  ],
  [
    'overlapping',
    [
      [0, 5],
      [3, 8],
    ],
    [[0, 8]],
  ],
  [
    'inside another',
    [
      [0, 8],
      [2, 3],
    ],
    [[0, 8]],
  ],
  [
    'bridging two',
    [
      [0, 2],
      [6, 8],
      [1, 7],
    ],
    [[0, 8]],
  ],
  ['backwards', [[8, 3]], [[3, 8]]],
  ['beyond the end', [[20, 99]], [[20, 26]]],
  ['empty', [[4, 4]], []],
])('spans %s', ([, spans, result]) => {
  expect(take(text, ...spans).map(({ start, end }) => [start, end])).toEqual(result)
})

test.for<[start: number, end: number]>([
  [2, 3],
  [1, 2],
])('a letter of two units is never cut in half (%d to %d)', ([start, end]) => {
  const emoji = 'a😀b'
  expect(redacted(emoji, addRedaction(emoji, [], { ...blocks, start, end })).text).toBe('a█b')
})

test('every occurrence', () => {
  expect(redacted('x1 x2 x1', redactEvery('x1 x2 x1', [], 'x1', blocks)).text).toBe('██ x2 ██')
  expect(redactEvery('abc', [], '', label)).toEqual([])
})

test('nothing that was selected leaves, and everything else does', () => {
  const span = fc.tuple(fc.nat(30), fc.nat(30))
  fc.assert(
    fc.property(
      fc.string({ maxLength: 30, unit: 'binary' }),
      fc.array(span, { maxLength: 6 }),
      (whole, spans) => {
        const list = spans.reduce<readonly Redaction[]>(
          (before, [start, end]) => addRedaction(whole, before, { ...label, start, end }),
          [],
        )
        const kept = [...list]
          .reverse()
          .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), whole)
        const pieces = piecesOf(whole, list)
        const leaves = redacted(whole, list)
        expect(
          pieces
            .filter((piece) => !piece.redacted)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(kept)
        expect(pieces.map((piece) => piece.text).join('')).toBe(leaves.text)
        const isOut = (at: number) => list.some(({ start, end }) => start <= at && at < end)
        const selected = spans.flatMap(([a, b]) =>
          Array.from({ length: Math.min(Math.max(a, b), whole.length) }, (_, at) => at).filter(
            (at) => at >= Math.min(a, b),
          ),
        )
        expect(selected.filter((at) => !isOut(at))).toEqual([])
        for (const { start, end } of leaves.redactions)
          expect(leaves.text.slice(start, end)).toBe('[redacted: secret]')
      },
    ),
  )
})
