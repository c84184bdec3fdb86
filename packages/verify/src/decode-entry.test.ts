import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes, utf8, type Json } from '@chaperone/encoding'
import { decodeEvent } from '@chaperone/domain'
import { decodeBundle } from '@chaperone/tlog'
import { sampleExport, sampleOrganisation } from '@chaperone/testkit'
import { decodeEntry } from './decode-entry.ts'
import { packer } from './pack.ts'

const bundle = sampleExport(sampleOrganisation()).get('tile/entries/000.p/15')
const decoded = decodeBundle(bundle ?? new Uint8Array())
if (!decoded.ok || decoded.value.length === 0) throw new Error('the sample has one bundle')
const entries = decoded.value
const spare = fc.constantFrom(
  '{',
  '}',
  '"',
  ',',
  ':',
  ' ',
  '0',
  '-0',
  '1e1',
  '\\u0041',
  '\\ud800',
  'é',
  '"a":1,',
  '"v":1,',
)

test('entries, whole or damaged, are decoded as the domain does', () => {
  fc.assert(
    fc.property(fc.constantFrom(...entries), fc.nat(), fc.nat(3), spare, (entry, place, cut, more) => {
      const at = place % entry.length
      const damaged = Buffer.concat([entry.subarray(0, at), utf8(more), entry.subarray(at + cut)])
      expect(decodeEntry(damaged)).toEqual(decodeEvent(damaged))
      expect(decodeEntry(entry)).toEqual(decodeEvent(entry))
    }),
    { numRuns: 500 },
  )
})

test('any JSON is decoded as the domain does', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      expect(decodeEntry(utf8(text))).toEqual(decodeEvent(utf8(text)))
    }),
  )
})

test('nesting beyond reading is refused', () => {
  const deep = utf8(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)
  expect(decodeEntry(deep)).toMatchObject({ ok: false, error: { code: 'event-malformed' } })
})

test('a packer loses nothing', () => {
  const { pack, unpack } = packer()
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '2026-11-24T16:20:34Z',
      '1969-12-31T23:59:59Z',
      '2026-02-30T00:00:00Z',
      'wo-sample0abc',
      'a'.repeat(64),
      'A'.repeat(64),
      'a'.repeat(33),
    ),
  )
  const values = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.maxSafeNat(),
      texts,
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom('order', 'runs', 'at'), tie('value'), { noNullPrototype: true }),
    ),
  })).value
  fc.assert(
    fc.property(values, (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as Json
      expect(unpack(pack(plain))).toEqual(plain)
      expect(canonicalBytes(unpack(pack(plain)) as Json)).toEqual(canonicalBytes(plain))
    }),
  )
})
