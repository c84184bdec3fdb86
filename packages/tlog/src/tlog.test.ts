import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from '@chaperone/encoding'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import {
  checkNote,
  checkTree,
  consistencyProof,
  cosignNote,
  decodeBundle,
  encodeBundle,
  Frontier,
  inclusionProof,
  leafHash,
  nodeHash,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  printCheckpoint,
  printVerifierKey,
  rangeRoot,
  signCheckpoint,
  tilePath,
  tileWidth,
  verifierKey,
  verifyConsistency,
  verifyInclusion,
} from './index.ts'

const { sha256 } = nodeCrypto

/** RFC 6962 §2.1 as it is written. */
function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha256(new Uint8Array(0))
  if (entries.length === 1) return leafHash(entries[0]!, sha256)
  let k = 1
  while (k * 2 < entries.length) k *= 2
  return nodeHash(naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)), sha256)
}

const entriesOf = (size: number) => Array.from({ length: size }, (_, i) => utf8(`entry ${i}`))

function logOf(entries: readonly Uint8Array[]) {
  const nodes = new Map<string, Uint8Array>()
  const frontier = new Frontier(sha256)
  for (const entry of entries)
    frontier.append(leafHash(entry, sha256), (l, i, h) => nodes.set(`${l}/${i}`, h))
  return { frontier, at: (l: number, i: number) => nodes.get(`${l}/${i}`)! }
}

function filesOf(entries: readonly Uint8Array[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (let first = 0; first < entries.length; first += tileWidth) {
    const part = entries.slice(first, first + tileWidth)
    const hashes = Buffer.concat(part.map((entry) => leafHash(entry, sha256)))
    files.set(tilePath('entries', first / tileWidth, part.length), encodeBundle(part))
    files.set(tilePath(0, first / tileWidth, part.length), hashes)
  }
  const upper = logOf(entries)
  const nodes = Array.from({ length: Math.floor(entries.length / tileWidth) }, (_, i) => upper.at(8, i))
  if (nodes.length > 0) files.set(tilePath(1, 0, nodes.length), Buffer.concat(nodes))
  return files
}

describe('tree', () => {
  test('the frontier has the root of the recursive definition, and survives being dumped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 }),
        fc.nat(70),
        (entries, cut) => {
          const { frontier } = logOf(entries.slice(0, cut))
          const restored = Frontier.restore(frontier.size, frontier.dump(), sha256)!
          for (const entry of entries.slice(cut)) restored.append(leafHash(entry, sha256))
          expect(toHex(restored.root())).toBe(toHex(naiveRoot(entries)))
        },
      ),
    )
  })

  test('a dump of the wrong size is refused', () => {
    const { frontier } = logOf(entriesOf(5))
    expect(Frontier.restore(4, frontier.dump(), sha256)).toBeUndefined()
    expect(Frontier.restore(-1, new Uint8Array(0), sha256)).toBeUndefined()
  })

  test('every inclusion proof verifies for its entry and no other', () => {
    for (const size of [1, 2, 3, 7, 8, 20]) {
      const entries = entriesOf(size)
      const { frontier, at } = logOf(entries)
      for (let i = 0; i < size; i++) {
        const proof = inclusionProof(i, size, at, sha256)
        expect(verifyInclusion(leafHash(entries[i]!, sha256), i, size, proof, frontier.root(), sha256)).toBe(
          true,
        )
        expect(verifyInclusion(leafHash(utf8('x'), sha256), i, size, proof, frontier.root(), sha256)).toBe(
          false,
        )
        expect(
          verifyInclusion(
            leafHash(entries[i]!, sha256),
            i,
            size,
            [...proof, frontier.root()],
            frontier.root(),
            sha256,
          ),
        ).toBe(false)
      }
    }
  })

  test('every consistency proof verifies, and none for another history', () => {
    for (let newer = 1; newer <= 20; newer++) {
      const { frontier, at } = logOf(entriesOf(newer))
      for (let older = 1; older <= newer; older++) {
        const proof = consistencyProof(older, newer, at, sha256)
        const olderRoot = rangeRoot(0, older, at, sha256)
        expect(verifyConsistency(older, newer, proof, olderRoot, frontier.root(), sha256)).toBe(true)
        expect(verifyConsistency(older, newer, proof, sha256(utf8('other')), frontier.root(), sha256)).toBe(
          false,
        )
      }
    }
  })

  test('checkTree names the first changed entry, a missing bundle, a wrong root', () => {
    const entries = entriesOf(600)
    const { frontier } = logOf(entries)
    const files = filesOf(entries)
    const seen: number[] = []
    const source = { read: (path: string) => files.get(path) }
    expect(checkTree(source, 600, frontier.root(), sha256, (i) => seen.push(i)).ok).toBe(true)
    expect(seen).toEqual(Array.from({ length: 600 }, (_, i) => i))
    expect(checkTree(source, 600, sha256(utf8('x')), sha256)).toMatchObject({
      error: { code: 'root-mismatch' },
    })
    const upper = files.get('tile/1/000.p/2')!
    files.set('tile/1/000.p/2', Buffer.from(upper).reverse())
    expect(checkTree(source, 600, frontier.root(), sha256)).toMatchObject({
      error: { code: 'tile-mismatch' },
    })
    files.delete('tile/1/000.p/2')
    expect(checkTree(source, 600, frontier.root(), sha256)).toMatchObject({ error: { code: 'tile-missing' } })
    files.set('tile/1/000.p/2', upper)
    const lower = files.get('tile/0/002.p/88')!
    files.set('tile/0/002.p/88', Buffer.concat([lower, lower]))
    expect(checkTree(source, 600, frontier.root(), sha256)).toMatchObject({
      error: { code: 'tile-mismatch' },
    })
    files.set('tile/0/002.p/88', lower)
    const bundle = files.get('tile/entries/001')!
    files.set('tile/entries/001', Buffer.from(bundle).fill(0x21, bundle.length - 1))
    expect(checkTree(source, 600, frontier.root(), sha256)).toMatchObject({
      error: { code: 'entry-mismatch', index: 511 },
    })
    files.delete('tile/entries/001')
    expect(checkTree(source, 600, frontier.root(), sha256)).toMatchObject({ error: { code: 'tile-missing' } })
  })

  test('tile paths are those of C2SP tlog-tiles', () => {
    expect(tilePath(0, 1234067)).toBe('tile/0/x001/x234/067')
    expect(tilePath('entries', 5, 17)).toBe('tile/entries/005.p/17')
  })

  test('bundles that end early or hold too much are refused', () => {
    expect(decodeBundle(encodeBundle(entriesOf(256)))).toMatchObject({ ok: true })
    expect(decodeBundle(encodeBundle(entriesOf(257)))).toMatchObject({ ok: false })
    expect(decodeBundle(encodeBundle(entriesOf(2)).subarray(0, 12))).toMatchObject({ ok: false })
  })
})

describe('checkpoints', () => {
  const { key } = generateKey()
  const origin = 'log.example/orders'
  const logKey = verifierKey(origin, 1, key.point, sha256)
  const checkpoint = { origin, size: 7, root: sha256(utf8('root')) }
  const signed = signCheckpoint(checkpoint, logKey, (message) => key.sign(message))

  test('opens by its key; a key survives being printed', () => {
    const opened = openCheckpoint(signed, logKey, nodeCrypto)
    expect(opened.ok && { ...opened.value, root: toHex(opened.value.root), note: '' }).toEqual({
      ...checkpoint,
      root: toHex(checkpoint.root),
      note: '',
    })
    expect(printVerifierKey(parseVerifierKey(printVerifierKey(logKey), sha256)!)).toBe(
      printVerifierKey(logKey),
    )
    expect(parseVerifierKey(printVerifierKey(logKey).replace('log.', 'lag.'), sha256)).toBeUndefined()
  })

  test.for<[why: string, change: (note: string) => string, code: string]>([
    ['another size', (note) => note.replace('\n7\n', '\n8\n'), 'note-signature-bad'],
    ['a leading zero', (note) => note.replace('\n7\n', '\n07\n'), 'checkpoint-malformed'],
    ['an extension line', (note) => note.replace('\n\n', '\nmore\n\n'), 'checkpoint-malformed'],
    ['no signature', (note) => note.slice(0, note.indexOf('—')), 'note-malformed'],
    ['another name', (note) => note.replace('— log.', '— lag.'), 'note-unsigned'],
    ['a cut signature', (note) => note.replace(/.{8}\n$/, '\n'), 'note-signature-bad'],
  ])('refuses %s', ([, change, code]) => {
    expect(openCheckpoint(change(signed), logKey, nodeCrypto)).toMatchObject({ ok: false, error: { code } })
  })

  test('a cosignature verifies with its time and not with another', () => {
    const witness = generateKey().key
    const witnessKey = verifierKey('witness.example', 4, witness.point, sha256)
    const line = cosignNote(printCheckpoint(checkpoint), witnessKey, 1_790_000_000, (message) =>
      witness.sign(message),
    )
    const note = parseNote(signed + line)
    expect(note.ok && checkNote(note.value, witnessKey, nodeCrypto)).toEqual({
      ok: true,
      value: 1_790_000_000,
    })
    const other = parseNote(signed.replace('\n7\n', '\n8\n') + line)
    expect(other.ok && checkNote(other.value, witnessKey, nodeCrypto)).toMatchObject({ ok: false })
  })
})
