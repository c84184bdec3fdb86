import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, fromUtf8, toBase64, toHex, utf8 } from '@chaperone/encoding'
import { decodeEvent, encodeEvent, type Event } from '@chaperone/domain'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import {
  cosignNote,
  decodeBundle,
  encodeBundle,
  leafHash,
  parseVerifierKey,
  printVerifierKey,
  verifierKey,
} from '@chaperone/tlog'
import {
  filesSource,
  sampleDigest,
  sampleExport,
  sampleInstant,
  sampleOrganisation,
  type SampleFiles,
} from '@chaperone/testkit'
import type { RuleName } from './rules.ts'
import { verifyExport, type Verification } from './verify-export.ts'

/** Whoever holds an export, or the log's own key, changes every kind of thing in it. */

const organisation = sampleOrganisation()
const whole = sampleExport(organisation, { orders: 9, steps: 8, opened: true })
const bundles = [...whole.keys()].filter((path) => path.startsWith('tile/entries/')).sort()

function verify(files: SampleFiles): Verification {
  return verifyExport(filesSource(files), organisation.trustRoot, nodeCrypto)
}

function broken(result: Verification): readonly (readonly [RuleName, string])[] {
  return result.rules.flatMap(({ rule, first }) => (first === null ? [] : [[rule, first.why.code] as const]))
}

function withFile(path: string, change: (bytes: Uint8Array) => Uint8Array): SampleFiles {
  const bytes = whole.get(path)
  if (bytes === undefined) throw new Error(`the sample has no ${path}`)
  return new Map(whole).set(path, change(Uint8Array.from(bytes)))
}

const text = (bytes: Uint8Array | undefined) => fromUtf8(bytes ?? new Uint8Array()) ?? ''
const inText = (path: string, from: string | RegExp, to: string) =>
  withFile(path, (bytes) => utf8(text(bytes).replace(from, to)))
const without = (path: string) => {
  const files = new Map(whole)
  files.delete(path)
  return files
}
const flip = (bytes: Uint8Array, at: number) => bytes.fill(bytes.at(at)! ^ 1, at, at + 1)

test('nothing changed, everything is proven', () => {
  const result = verify(whole)
  expect(result.rules.filter(({ verdict }) => verdict !== 'proven')).toEqual([])
  expect(result.verdict).toBe('proven')
  expect(result.size).toBeGreaterThan(256)
  expect(bundles).toHaveLength(2)
})

test('no single changed bit of what is evidence goes unnoticed', () => {
  const evidence = [...whole.keys()].filter((path) => path !== 'export.json' && path !== 'checkpoint')
  const places = fc
    .constantFrom(...evidence)
    .chain((path) => fc.tuple(fc.constant(path), fc.nat(whole.get(path)!.length - 1), fc.nat(7)))
  fc.assert(
    fc.property(places, ([path, at, bit]) => {
      const files = withFile(path, (bytes) => bytes.fill(bytes.at(at)! ^ (1 << bit), at, at + 1))
      expect(verify(files).verdict).not.toBe('proven')
    }),
    { numRuns: 150 },
  )
})

test('no single changed byte of the checkpoint goes unnoticed', () => {
  const { length } = whole.get('checkpoint')!
  for (let at = 0; at < length; at++) {
    const result = verify(withFile('checkpoint', (bytes) => flip(bytes, at)))
    expect([at, result.verdict]).not.toEqual([at, 'proven'])
  }
})

describe('files', () => {
  const chunks = [...whole.keys()].filter((path) => path.endsWith('.chunk')).sort()
  const [first = '', , third = ''] = chunks
  const swapped = new Map(whole).set(first, whole.get(third)!).set(third, whole.get(first)!)
  const entries = decodeBundle(whole.get(bundles[0]!)!)
  if (!entries.ok) throw new Error('the sample’s bundles decode')
  const rebundled = (change: (all: readonly Uint8Array[]) => readonly Uint8Array[]) =>
    new Map(whole).set(bundles[0]!, encodeBundle(change(entries.value)))
  const retiled = (change: (all: readonly Uint8Array[]) => readonly Uint8Array[]) => {
    const hashes = change(entries.value).map((entry) => leafHash(entry, nodeCrypto.sha256))
    return rebundled(change).set('tile/0/000', concat(...hashes))
  }
  const exchanged = (all: readonly Uint8Array[]) => [...all.slice(0, 8), all[9]!, all[8]!, ...all.slice(10)]

  test.for<[what: string, rule: RuleName, code: string, files: SampleFiles]>([
    [
      'an entry’s byte',
      'entries-unchanged',
      'entry-mismatch',
      withFile(bundles[0]!, (bytes) => flip(bytes, 40)),
    ],
    [
      'an entry’s length',
      'entries-unchanged',
      'bundle-malformed',
      withFile(bundles[0]!, (bytes) => flip(bytes, 0)),
    ],
    ['entries in another order', 'entries-unchanged', 'entry-mismatch', rebundled(exchanged)],
    ['entries and their tile in another order', 'entries-unchanged', 'tile-mismatch', retiled(exchanged)],
    ['an entry dropped', 'entries-unchanged', 'bundle-malformed', rebundled((all) => all.slice(1))],
    ['an entry inserted', 'entries-unchanged', 'bundle-malformed', rebundled((all) => [all[0]!, ...all])],
    [
      'a hash in a tile',
      'entries-unchanged',
      'entry-mismatch',
      withFile('tile/0/000', (bytes) => flip(bytes, 33)),
    ],
    [
      'a tile cut short',
      'entries-unchanged',
      'tile-mismatch',
      withFile('tile/0/000', (bytes) => bytes.subarray(32)),
    ],
    [
      'a node above',
      'entries-unchanged',
      'tile-mismatch',
      withFile('tile/1/000.p/1', (bytes) => flip(bytes, 0)),
    ],
    ['a bundle left out', 'entries-unchanged', 'tile-missing', without(bundles[1]!)],
    ['the size', 'checkpoint-signed', 'note-signature-bad', inText('checkpoint', /\n\d+\n/, '\n7\n')],
    [
      'the origin',
      'checkpoint-signed',
      'checkpoint-origin',
      inText('checkpoint', 'log.example', 'lag.example'),
    ],
    ['no checkpoint', 'checkpoint-signed', 'note-malformed', without('checkpoint')],
    [
      'the roster',
      'rosters-adopted',
      'roster-digest-wrong',
      inText('rosters/1.json', '"quorum":1', '"quorum":2'),
    ],
    ['recordings swapped', 'recordings-chained', 'recording-broken', swapped],
    [
      'a recording’s byte',
      'recordings-chained',
      'recording-broken',
      withFile(first, (bytes) => flip(bytes, 5)),
    ],
    [
      'a recording’s end left out',
      'recordings-chained',
      'recording-broken',
      without(first.replace('0.chunk', '1.chunk')),
    ],
    [
      'an opened text',
      'openings-match',
      'opening-mismatch',
      inText('openings.jsonl', '"base64":"YWN0', '"base64":"YWN1'),
    ],
    [
      'an opened salt',
      'openings-match',
      'opening-mismatch',
      inText('openings.jsonl', /"salt":"[0-9a-f]{8}/, '"salt":"00000000'),
    ],
    [
      'a command',
      'documents-as-recorded',
      'content-differs',
      inText(
        'openings.jsonl',
        `"base64":"${toBase64(utf8('systemctl status unit-1\n'))}"`,
        `"base64":"${toBase64(utf8('systemctl status unit-9\n'))}"`,
      ),
    ],
  ])('%s: %s, %s', ([, rule, code, files]) => {
    expect(broken(verify(files))).toContainEqual([rule, code])
  })

  test('a missing roster leaves unproven what rests on it', () => {
    const result = verify(without('rosters/1.json'))
    expect(broken(result)).toEqual([])
    expect(result.rules.find(({ rule }) => rule === 'runs-allowed')).toMatchObject({
      verdict: 'unproven',
      checked: 0,
    })
  })

  test('what is not opened is unproven, not broken', () => {
    const result = verify(
      new Map([...whole].filter(([path]) => !path.startsWith('recordings/') && path !== 'openings.jsonl')),
    )
    expect(broken(result)).toEqual([])
    expect(result.rules.filter(({ verdict }) => verdict === 'unproven').map(({ rule }) => rule)).toEqual([
      'openings-match',
      'documents-as-recorded',
      'recordings-chained',
    ])
  })
})

describe('signatures on the head', () => {
  const signer = parseVerifierKey(organisation.trustRoot.signerKey, nodeCrypto.sha256)!
  const stranger = generateKey().key
  const [body = '', signatures = ''] = text(whole.get('checkpoint')).split('\n\n')
  const [logLine = ''] = signatures.split('\n')
  const note = (line: string) => new Map(whole).set('checkpoint', utf8(`${body}\n\n${logLine}\n${line}`))

  test('a cosignature under the signer’s name and key id by another key is broken', () => {
    const forged = cosignNote(`${body}\n`, signer, 1_790_000_000, (message) => stranger.sign(message))
    expect(broken(verify(note(forged)))).toEqual([['checkpoint-cosigned', 'note-signature-bad']])
  })

  test('one under another key id is none', () => {
    const other = verifierKey(signer.name, 4, stranger.point, nodeCrypto.sha256)
    const line = cosignNote(`${body}\n`, other, 1_790_000_000, (message) => stranger.sign(message))
    expect(verify(note(line)).rules.find(({ rule }) => rule === 'checkpoint-cosigned')?.verdict).toBe(
      'unproven',
    )
  })

  test('a head of another size does not carry its cosignature over', () => {
    const smaller = sampleExport(organisation, { orders: 1, steps: 8, opened: true })
    const [, otherSignatures = ''] = text(smaller.get('checkpoint')).split('\n\n')
    const [, cosignature = ''] = otherSignatures.split('\n')
    expect(broken(verify(note(`${cosignature}\n`)))).toEqual([['checkpoint-cosigned', 'note-signature-bad']])
  })

  test.for<[what: string, change: Partial<typeof organisation.trustRoot>, code: string]>([
    ['of another roster', { rosterDigest: '1'.repeat(64) }, 'roster-digest-wrong'],
    ['of another log', { origin: 'log.example/other' }, 'trust-root-malformed'],
    [
      'with another log’s key',
      { logKey: printVerifierKey(verifierKey('log.example/sample', 1, stranger.point, nodeCrypto.sha256)) },
      'note-unsigned',
    ],
    ['that is no root', { signerKey: 'x' }, 'trust-root-malformed'],
  ])('a root %s', ([, change, code]) => {
    const result = verifyExport(filesSource(whole), { ...organisation.trustRoot, ...change }, nodeCrypto)
    expect(broken(result).map(([, why]) => why)).toContain(code)
    expect(result.verdict).toBe('broken')
  })
})

describe('by whoever holds the log’s key', () => {
  const changing = (change: (event: Event) => readonly Event[]) =>
    verify(sampleExport(organisation, { change }))
  const on = <T extends Event['type']>(
    type: T,
    change: (event: Extract<Event, { type: T }>) => readonly Event[],
  ) => changing((event) => (event.type === type ? change(event as Extract<Event, { type: T }>) : [event]))
  const at = sampleInstant(90)

  test.for<[what: string, result: Verification, rule: RuleName, code: string]>([
    [
      'a step exchanged after it was allowed',
      on('run-intended', (event) => [{ ...event, stepDigest: sampleDigest('x') }]),
      'runs-allowed',
      'step-not-as-submitted',
    ],
    [
      'a run on another target',
      on('run-intended', (event) => [{ ...event, target: 'db-1' }]),
      'runs-allowed',
      'step-not-as-submitted',
    ],
    ['the intent left out', on('run-intended', () => []), 'intents-before-starts', 'run-unknown'],
    ['the decision left out', on('decision-recorded', () => []), 'runs-allowed', 'quorum-missing'],
    [
      'the decision twice',
      on('decision-recorded', (event) => [event, event]),
      'decisions-signed',
      'already-decided',
    ],
    ['a run twice', on('run-intended', (event) => [event, event]), 'runs-allowed', 'run-in-progress'],
    [
      'a failure called success',
      on('run-ended', (event) => [{ ...event, outcome: { result: 'failed', exit: 1, signal: null } }]),
      'runs-allowed',
      'predecessor-missing',
    ],
    ['the claim left out', on('order-claimed', () => []), 'decisions-signed', 'order-not-claimed'],
    [
      'a decision by nobody',
      on('decision-recorded', (event) => [{ ...event, statement: { ...event.statement, signature: '' } }]),
      'decisions-signed',
      'signature-malformed',
    ],
    [
      'a late start',
      on('run-intended', (event) => [{ ...event, at: sampleInstant(90_000) }]),
      'runs-allowed',
      'window-closed',
    ],
    [
      'a release to somebody else',
      on('disclosure-recorded', (event) => [{ ...event, recipient: 'p-auditorone' }]),
      'disclosures-released',
      'recipient-wrong',
    ],
    [
      'a release of more',
      on('disclosure-recorded', (event) => [{ ...event, length: event.length + 1 }]),
      'disclosures-released',
      'not-released',
    ],
    [
      'a stop by nobody',
      on('order-claimed', (event) => [
        event,
        { v: 1, type: 'stop-ordered', at, stop: sampleDigest('x'), statement: { text: '', signature: '' } },
      ]),
      'stops-signed',
      'statement-malformed',
    ],
    [
      'an erasure by an escort',
      on('disclosure-recorded', (event) => [
        event,
        {
          v: 1,
          type: 'erased',
          at: event.at,
          order: event.order,
          by: 'p-escortone',
          authority: sampleDigest('x'),
        },
      ]),
      'orders-by-their-people',
      'not-permitted',
    ],
    [
      'another roster',
      on('order-claimed', (event) => [
        event,
        {
          v: 1,
          type: 'roster-adopted',
          at,
          version: 1,
          digest: organisation.trustRoot.rosterDigest,
          adoptions: [...organisation.adoptions],
        },
      ]),
      'rosters-adopted',
      'roster-not-next',
    ],
    [
      'a recovery by one officer',
      on('order-claimed', (event) => [event, recovery(['p-officerone', 'p-officerone'])]),
      'recoveries-signed',
      'statement-not-for-this',
    ],
  ])('%s', ([, result, rule, code]) => {
    expect(broken(result)).toContainEqual([rule, code])
  })

  function recovery(officers: readonly string[]): Event {
    const statements = officers.map((officer) =>
      organisation.sign(officer, {
        kind: 'recovery',
        logSize: 1,
        logRoot: sampleDigest('x'),
        epoch: 2,
        officer,
        issued: at,
      }),
    )
    return { v: 1, type: 'recovered', at, epoch: 2, statements }
  }

  test('an entry that is no event, or not in its one spelling', () => {
    for (const bytes of [
      '{}',
      '[]',
      '"x"',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      '{"v": 1}',
      '\u0000',
    ]) {
      expect(decodeEvent(utf8(bytes))).toMatchObject({ ok: false })
    }
    const signedIn: Event = { v: 1, type: 'signed-in', at, person: 'p-escortone' }
    const spelt = text(encodeEvent(signedIn))
    expect(decodeEvent(utf8(spelt.replace('"v":1', '"v":1 ')))).toMatchObject({ ok: false })
    expect(toHex(encodeEvent(signedIn))).toBe(toHex(utf8(spelt)))
  })
})
