import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  asciicast,
  decodeFrames,
  encodeFrames,
  firstLink,
  nextLink,
  textOf,
  verifyChain,
  visibleBytes,
  visibleText,
  type Frame,
} from './index.ts'

const { sha256 } = nodeCrypto
const run = 'ab'.repeat(16)

const frame = fc.record({
  stream: fc.constantFrom('stdout', 'stderr', 'control') as fc.Arbitrary<Frame['stream']>,
  microseconds: fc.nat(),
  bytes: fc.uint8Array({ maxLength: 64 }),
})

test('frames survive being encoded, and no prefix of them is mistaken for whole', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.nat(), (frames, cut) => {
      const bytes = encodeFrames(frames)
      expect(decodeFrames(bytes)).toEqual({ ok: true, value: frames })
      const part = decodeFrames(bytes.subarray(0, bytes.length === 0 ? 0 : cut % bytes.length))
      if (part.ok) expect(part.value.length).toBeLessThanOrEqual(frames.length)
    }),
  )
  expect(decodeFrames(new Uint8Array([7]))).toMatchObject({ ok: false })
})

test('a changed, dropped, added or swapped chunk breaks the chain', () => {
  const chunks = ['a', 'b', 'c'].map((text) => utf8(text))
  const last = chunks.reduce((link, chunk, i) => nextLink(link, i, chunk, sha256), firstLink(run, sha256))
  expect(verifyChain(run, chunks, last, sha256)).toEqual({ ok: true, value: 3 })
  const [a, b, c] = chunks as [Uint8Array, Uint8Array, Uint8Array]
  for (const other of [
    [a, b],
    [a, b, c, c],
    [b, a, c],
    [a, utf8('B'), c],
  ]) {
    expect(verifyChain(run, other, last, sha256)).toMatchObject({ ok: false })
  }
  expect(verifyChain('cd'.repeat(16), chunks, last, sha256)).toMatchObject({ ok: false })
})

test('what cannot be seen is marked, and nothing is lost', () => {
  const bytes = new Uint8Array([...utf8('rm \u202e/x\u200b\r\n'), 0, 0xff, 0xc0, 0x80, ...utf8('é')])
  expect(visibleText(visibleBytes(bytes))).toBe('rm ⟦U+202E⟧/x⟦U+200B⟧⟦␍⟧\n⟦␀⟧⟦\\xff⟧⟦\\xc0⟧⟦\\x80⟧é')
  const titles = visibleBytes(bytes).map((segment) => segment.title)
  expect(titles).toEqual(
    expect.arrayContaining([
      'right-to-left override',
      'zero-width space',
      'carriage return',
      'invalid byte 0xff',
    ]),
  )
})

test('a character cut by a frame border is whole in the text', () => {
  const frames: Frame[] = [
    { stream: 'stdout', microseconds: 0, bytes: new Uint8Array([0x61, 0xe2, 0x82]) },
    { stream: 'stderr', microseconds: 5, bytes: utf8('err') },
    { stream: 'stdout', microseconds: 1_000_000, bytes: new Uint8Array([0xac, 0x62]) },
  ]
  expect(textOf(frames, 'stdout')).toBe('a€b')
  expect(
    asciicast(frames, 3)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { version: 3, term: { cols: 120, rows: 32 } },
    [0, 'o', 'a'],
    [0.000005, 'o', 'err'],
    [0.999995, 'o', '€b'],
    [0, 'x', '3'],
  ])
})
