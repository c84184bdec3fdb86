import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { contentView, textView } from './content-view.ts'

const view = (bytes: Uint8Array) => contentView(bytes, nodeCrypto.sha256)

test.for<[text: string, lines: number]>([
  ['', 0],
  ['a', 1],
  ['a\n', 1],
  ['a\nb', 2],
  ['\n\n', 2],
])('%j has %i lines', ([text, lines]) => {
  expect(view(utf8(text))).toMatchObject({ form: 'text', lines, length: text.length })
})

test('what is invisible becomes a mark with a name', () => {
  expect(view(utf8('a\u200bb\r\n')).shown).toEqual([
    'a',
    ['U+200B', 'zero-width space'],
    'b',
    ['␍', 'carriage return'],
    '\n',
  ])
  expect(view(new Uint8Array([0x61, 0xff])).shown).toEqual(['a', ['\\xff', 'invalid byte 0xff']])
  expect(textView('a\u0000')).toEqual(['a', ['␀', 'NUL byte']])
})

test('what is no text is dumped, every byte of it', () => {
  const bytes = new Uint8Array(20_011).map((_, i) => (i % 2 === 0 ? 0xff : 0x80))
  const { form, lines, shown } = view(bytes)
  expect({ form, lines }).toEqual({ form: 'bytes', lines: 1251 })
  const rows = String(shown[0]).split('\n')
  expect(rows[1]).toBe(`00000010  ${'ff 80 '.repeat(8)} ${'.'.repeat(16)}`)
  expect(rows.flatMap((row) => row.slice(10, 58).trim().split(' '))).toHaveLength(20_011)
})

test.for([0, 1, 2, 3])('a letter across a slice stays a letter (%i bytes before)', (before) => {
  const text = 'a'.repeat(before) + '\u{1f600}'.repeat(40_000) + '\u200b€\n'
  const shown = view(utf8(text)).shown.map((piece) => (typeof piece === 'string' ? piece : `<${piece[0]}>`))
  expect(shown.join('')).toBe(text.replace('\u200b', '<U+200B>'))
})

test('text with its marks taken out is the text without what is marked', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = textView(text)
      const plain = shown.filter((piece) => typeof piece === 'string').join('')
      const marks = shown.length - shown.filter((piece) => typeof piece === 'string').length
      expect([...plain].length + marks).toBe([...text].length)
      expect(plain).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
      )
    }),
  )
})
