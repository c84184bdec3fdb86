import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  canonicalBytes,
  canonicalJson,
  commit,
  fromBase64,
  fromHex,
  fromUtf8,
  parseCanonicalJson,
  parsePublicKeyLine,
  toHex,
  utf8,
  verifySignature,
  type Json,
} from '@chaperone/encoding'
import {
  adoptRoster,
  checkOrderDocument,
  checkRoster,
  decodeEvent,
  encodeEvent,
  eventShape,
  malformedStepField,
  orderDigest,
  parseRoster,
  parseStatement,
  printStatement,
  rosterDigest,
  runIdOf,
  statementDigest,
  statementLines,
  stepDigest,
  type OrderDocument,
  type SignedStatement,
  type Statement,
  type StepDocument,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  checkNote,
  decodeBundle,
  encodeBundle,
  Frontier,
  leafHash,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  tilePath,
  verifyConsistency,
  verifyInclusion,
} from '@chaperone/tlog'
import { filesSource } from '@chaperone/testkit'
import { verifyExport, type RuleName, type TrustRoot } from '@chaperone/verify'
import { makeVectors, readVectors, spellVectors, vectorFile } from './make-vectors.ts'

const { sha256 } = nodeCrypto
const bytesOf = (hex: string) => fromHex(hex) ?? new Uint8Array()
const named = <T extends object>(rows: readonly T[], name: (row: T) => string) =>
  rows.map((row) => [name(row), row] as const)

test.for(Object.entries(makeVectors))('%s.json made anew has the same bytes', ([name, make]) => {
  expect(readFileSync(vectorFile(name), 'utf8') === spellVectors(make())).toBe(true)
})

describe('canonical JSON', () => {
  const { valid, invalid } = readVectors<{
    valid: readonly { value: Json; bytes: string }[]
    invalid: readonly { why: string; bytes: string }[]
  }>('canonical-json')

  test.for(valid)('%j', ({ value, bytes }) => {
    expect(toHex(utf8(canonicalJson(value)))).toBe(bytes)
    expect(parseCanonicalJson(bytesOf(bytes))).toEqual({ ok: true, value })
  })

  test.for(named(invalid, ({ why }) => why))('refuses %s', ([, { bytes }]) => {
    expect(parseCanonicalJson(bytesOf(bytes)).ok).toBe(false)
  })
})

test.for(
  readVectors<readonly { tag: string; salt: string; value: string; commitment: string }[]>('commitment'),
)('commitment to $tag $value', ({ tag, salt, value, commitment }) => {
  expect(toHex(commit(tag, bytesOf(salt), bytesOf(value), sha256))).toBe(commitment)
})

describe('steps, orders, runs', () => {
  const vectors = readVectors<{
    step: { salt: string; document: StepDocument; digest: string }
    order: { salt: string; document: OrderDocument; digest: string }
    runs: readonly { order: string; step: number; attempt: number; run: string }[]
    malformedSteps: readonly { field: string; document: StepDocument }[]
    malformedOrders: readonly { field: string; document: OrderDocument }[]
  }>('step')

  test('digests', () => {
    const { step, order, runs } = vectors
    expect(stepDigest(bytesOf(step.salt), step.document, sha256)).toBe(step.digest)
    expect(malformedStepField(step.document)).toBeUndefined()
    expect(orderDigest(bytesOf(order.salt), order.document, sha256)).toBe(order.digest)
    expect(checkOrderDocument(order.document).ok).toBe(true)
    for (const one of runs) expect(runIdOf(one.order, one.step, one.attempt, sha256)).toBe(one.run)
  })

  test.for(vectors.malformedSteps)('a step’s $field', ({ field, document }) => {
    expect(malformedStepField(document)).toBe(field)
  })

  test.for(vectors.malformedOrders)('an order’s $field', ({ field, document }) => {
    expect(checkOrderDocument(document)).toMatchObject({ error: { code: 'order-malformed', field } })
  })
})

describe('statements', () => {
  const { valid, invalid } = readVectors<{
    valid: readonly { kind: string; statement: Statement; text: string; digest: string }[]
    invalid: readonly { why: string; text: string }[]
  }>('statement')

  test('of every kind', () => {
    expect(valid.map(({ kind }) => kind).sort()).toEqual(Object.keys(statementLines).sort())
  })

  test.for(valid)('$kind', ({ statement, text, digest }) => {
    expect(fromUtf8(printStatement(statement))).toBe(text)
    expect(parseStatement(utf8(text))).toEqual({ ok: true, value: statement })
    expect(statementDigest(utf8(text), sha256)).toBe(digest)
  })

  test(`refuses each of ${invalid.length} broken ones`, () => {
    const accepted = invalid.filter(({ text }) => parseStatement(utf8(text)).ok)
    expect(accepted.map(({ why }) => why)).toEqual([])
  })
})

describe('signatures', () => {
  interface Row {
    readonly namespace: string
    readonly text: string
    readonly signature: string
  }
  const { valid, invalid } = readVectors<{
    valid: readonly (Row & { name: string; key: string; proof: Readonly<Record<string, unknown>> })[]
    invalid: readonly (Row & { why: string; code: string })[]
  }>('signature')

  test.for(named(valid, ({ name }) => name))('%s', ([, { key, namespace, text, signature, proof }]) => {
    const verified = verifySignature(signature, utf8(text), namespace, nodeCrypto)
    const parsed = parsePublicKeyLine(key)
    expect(verified.ok && parsed.ok && toHex(verified.value.key.blob)).toBe(
      parsed.ok && toHex(parsed.value.blob),
    )
    expect(verified.ok && { ...verified.value.authenticator, ...verified.value.webauthn }).toMatchObject(
      proof,
    )
  })

  test.for(named(invalid, ({ why }) => why))('refuses %s', ([, { namespace, text, signature, code }]) => {
    expect(verifySignature(signature, utf8(text), namespace, nodeCrypto)).toMatchObject({
      ok: false,
      error: { code },
    })
  })
})

describe('rosters', () => {
  const vectors = readVectors<{
    valid: readonly { text: string; digest: string }[]
    malformed: readonly { why: string; at: string; text: string }[]
    duplicate: readonly { why: string; at: string; text: string }[]
    adoptions: readonly {
      why: string
      code: string | null
      at: string
      current: 1 | null
      roster: string
      adoptions: readonly SignedStatement[]
    }[]
  }>('roster')

  test('a whole one', () => {
    for (const { text, digest } of vectors.valid) {
      const roster = parseRoster(utf8(text))
      expect(roster.ok && fromUtf8(canonicalBytes(roster.value as unknown as Json))).toBe(text)
      expect(rosterDigest(utf8(text), sha256)).toBe(digest)
    }
  })

  test.for(named(vectors.malformed, ({ why }) => why))('refuses one %s', ([, { at, text }]) => {
    expect(parseRoster(utf8(text))).toEqual({ ok: false, error: { code: 'roster-malformed', at } })
  })

  test.for(named(vectors.duplicate, ({ why }) => why))('refuses %s', ([, { at, text }]) => {
    expect(checkRoster(JSON.parse(text) as Json)).toEqual({
      ok: false,
      error: { code: 'roster-duplicate', at },
    })
  })

  test.for(named(vectors.adoptions, ({ why }) => why))(
    'adoption %s',
    ([, { code, at, current, roster, adoptions }]) => {
      const [first] = vectors.valid
      const before = current === null ? undefined : parseRoster(utf8(first?.text ?? ''))
      const adopted = adoptRoster(
        { bytes: utf8(roster), adoptions },
        before?.ok === true ? before.value : undefined,
        first?.digest ?? '',
        at,
        nodeCrypto,
      )
      expect(adopted).toMatchObject(code === null ? { ok: true } : { ok: false, error: { code } })
    },
  )
})

describe('events', () => {
  const { valid, invalid } = readVectors<{
    valid: readonly { type: string; text: string; leaf: string }[]
    invalid: readonly { why: string; text: string }[]
  }>('event')

  test('of every type', () => {
    const types = eventShape.options.map((option) => option.shape.type.value)
    expect([...new Set(valid.map(({ type }) => type))].sort()).toEqual([...types].sort())
  })

  test.for(valid)('$type', ({ text, leaf }) => {
    const event = decodeEvent(utf8(text))
    expect(event.ok && fromUtf8(encodeEvent(event.value))).toBe(text)
    expect(toHex(leafHash(utf8(text), sha256))).toBe(leaf)
  })

  test(`refuses each of ${invalid.length} broken ones`, () => {
    const accepted = invalid.filter(({ text }) => decodeEvent(utf8(text)).ok)
    expect(accepted.map(({ why }) => why)).toEqual([])
  })
})

describe('notes', () => {
  const vectors = readVectors<{
    logKey: string
    signerKey: string
    valid: readonly { name: string; note: string; size: number; root: string; cosigned: number | null }[]
    invalid: readonly { why: string; note: string; code: string }[]
    badCosignatures: readonly { why: string; note: string }[]
    published: { key: string; note: string }
  }>('note')
  const logKey = parseVerifierKey(vectors.logKey, sha256)!
  const signerKey = parseVerifierKey(vectors.signerKey, sha256)!

  test.for(named(vectors.valid, ({ name }) => name))('%s', ([, { note, size, root, cosigned }]) => {
    const opened = openCheckpoint(note, logKey, nodeCrypto)
    expect(opened.ok && [opened.value.size, toHex(opened.value.root)]).toEqual([size, root])
    const found = opened.ok ? checkNote(opened.value.note, signerKey, nodeCrypto) : undefined
    expect(found).toMatchObject(
      cosigned === null ? { error: { code: 'note-unsigned' } } : { ok: true, value: cosigned },
    )
  })

  test.for(named(vectors.invalid, ({ why }) => why))('refuses %s', ([, { note, code }]) => {
    expect(openCheckpoint(note, logKey, nodeCrypto)).toMatchObject({ ok: false, error: { code } })
  })

  test.for(named(vectors.badCosignatures, ({ why }) => why))('refuses a cosignature %s', ([, { note }]) => {
    const opened = openCheckpoint(note, logKey, nodeCrypto)
    expect(opened.ok && checkNote(opened.value.note, signerKey, nodeCrypto)).toMatchObject({
      error: { code: 'note-signature-bad' },
    })
  })

  test('the published example of signed notes', () => {
    const key = parseVerifierKey(vectors.published.key, sha256)!
    const note = parseNote(vectors.published.note)
    expect(note.ok && checkNote(note.value, key, nodeCrypto)).toEqual({ ok: true, value: 0 })
  })
})

describe('trees', () => {
  const vectors = readVectors<{
    leaves: readonly string[]
    emptyRoot: string
    publishedRoots: readonly string[]
    inclusion: readonly { index: number; size: number; proof: readonly string[] }[]
    consistency: readonly { older: number; newer: number; olderRoot: string; proof: readonly string[] }[]
    tiles: readonly { level: number | 'entries'; index: number; width: number; path: string }[]
    bundles: { valid: readonly { entries: readonly string[]; bundle: string }[]; invalid: readonly string[] }
  }>('tree')
  const hashes = vectors.leaves.map((leaf) => leafHash(bytesOf(leaf), sha256))
  const rootOf = (size: number) => bytesOf(vectors.publishedRoots[size - 1] ?? vectors.emptyRoot)

  test('roots are those that were published', () => {
    const frontier = new Frontier(sha256)
    expect(toHex(frontier.root())).toBe(vectors.emptyRoot)
    for (const [i, hash] of hashes.entries()) {
      frontier.append(hash)
      expect(toHex(frontier.root())).toBe(vectors.publishedRoots[i])
    }
  })

  test('proofs lead to them, and to no other', () => {
    for (const { index, size, proof } of vectors.inclusion) {
      const verifies = (root: Uint8Array) =>
        verifyInclusion(hashes[index]!, index, size, proof.map(bytesOf), root, sha256)
      expect([index, size, verifies(rootOf(size)), verifies(rootOf((size % 8) + 1))]).toEqual([
        index,
        size,
        true,
        false,
      ])
    }
    for (const { older, newer, olderRoot, proof } of vectors.consistency) {
      const verifies = (root: Uint8Array) =>
        verifyConsistency(older, newer, proof.map(bytesOf), bytesOf(olderRoot), root, sha256)
      expect(toHex(rootOf(older))).toBe(olderRoot)
      expect([older, newer, verifies(rootOf(newer)), verifies(rootOf((newer % 8) + 1))]).toEqual([
        older,
        newer,
        true,
        false,
      ])
    }
  })

  test('tile paths and bundles', () => {
    for (const { level, index, width, path } of vectors.tiles)
      expect(tilePath(level, index, width)).toBe(path)
    for (const { entries, bundle } of vectors.bundles.valid) {
      expect(toHex(encodeBundle(entries.map(bytesOf)))).toBe(bundle)
      const decoded = decodeBundle(bytesOf(bundle))
      expect(decoded.ok && decoded.value.map((entry) => toHex(entry))).toEqual(entries)
    }
    expect(vectors.bundles.invalid.filter((bundle) => decodeBundle(bytesOf(bundle)).ok)).toEqual([])
  })
})

describe('export', () => {
  type Files = Readonly<Record<string, string>>
  const { trustRoot, files, changed } = readVectors<{
    trustRoot: TrustRoot
    files: Files
    changed: readonly { why: string; rule: RuleName; files: Files }[]
  }>('export')
  const judged = (change: Files = {}) => {
    const all = Object.entries({ ...files, ...change })
    const read = new Map(all.map(([path, base64]) => [path, fromBase64(base64) ?? new Uint8Array()]))
    return verifyExport(filesSource(read), trustRoot, nodeCrypto)
  }

  test('is proven', () => {
    expect(judged().rules.filter(({ verdict }) => verdict !== 'proven')).toEqual([])
  })

  test.for(named(changed, ({ why }) => why))('%s is found', ([, { rule, files: change }]) => {
    expect(judged(change).rules.find((one) => one.rule === rule)?.verdict).toBe('broken')
  })
})
