import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, toBase64, utf8 } from '@chaperone/encoding'
import { visibleBytes } from '@chaperone/recording'
import { markedText } from '../parts/mark-name.ts'
import { lastLines, outputText } from './output-text.ts'

const frame = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => ({
  stream,
  microseconds: 0,
  bytes: toBase64(bytes),
})

test('streams stay in the order they came, neighbours are joined', () => {
  const frames = [
    frame('stdout', utf8('a')),
    frame('stdout', utf8('b\n')),
    frame('stderr', utf8('oh')),
    frame('stdout', utf8('c')),
  ]
  expect(outputText(frames)).toEqual([
    { stream: 'stdout', text: 'ab\n' },
    { stream: 'stderr', text: 'oh' },
    { stream: 'stdout', text: 'c' },
  ])
})

test('controls and bytes that are no text are marks', () => {
  const bytes = concat(utf8('\u001b[2Jok\u202e'), new Uint8Array([0xff]))
  expect(outputText([frame('stdout', bytes)])).toEqual([
    { stream: 'stdout', text: '⟦ESC⟧[2Jok⟦U+202E⟧⟦\\xff⟧' },
  ])
})

test('a whole letter at the end of a frame does not wait for the next', () => {
  const frames = [frame('stdout', utf8('€')), frame('stderr', utf8('!'))]
  expect(outputText(frames).map(({ text }) => text)).toEqual(['€', '!'])
})

test('a letter cut by the other stream is put together again', () => {
  const euro = utf8('€')
  const frames = [
    frame('stdout', euro.subarray(0, 2)),
    frame('stderr', utf8('!')),
    frame('stdout', euro.subarray(2)),
  ]
  expect(outputText(frames)).toEqual([
    { stream: 'stderr', text: '!' },
    { stream: 'stdout', text: '€' },
  ])
})

test('however one stream is cut into frames, its text is the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(40), { maxLength: 5 }), (bytes, cuts) => {
      const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
      const frames = edges
        .slice(1)
        .flatMap((edge, i) => [
          frame('stdout', bytes.slice(edges[i], edge)),
          frame('stderr', new Uint8Array()),
        ])
      const text = outputText(frames)
        .map((piece) => piece.text)
        .join('')
      expect(text).toBe(markedText(visibleBytes(bytes)))
    }),
  )
})

test.for<[texts: string[], most: number, end: string, cut: boolean]>([
  [['a\n', 'b\n', 'c\n'], 2, 'b\nc\n', true],
  [['a\nb\nc'], 2, 'b\nc', true],
  [['a\nb\n'], 2, 'a\nb\n', false],
  [['a\n\n'], 1, '\n', true],
  [['\n'], 1, '\n', false],
  [['x'], 1, 'x', false],
  [[], 3, '', false],
  [['y'.repeat(500)], 1, 'y'.repeat(400), true],
])('the end of %j in %i lines', ([texts, most, end, cut]) => {
  const pieces = texts.map((text, i) => ({ stream: i % 2 === 0 ? 'stdout' : 'stderr', text }) as const)
  const last = lastLines(pieces, most)
  expect(last.pieces.map((piece) => piece.text).join('')).toBe(end)
  expect(last.cut).toBe(cut)
})
