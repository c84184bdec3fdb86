import { describe, expect, test } from 'vitest'
import {
  canonicalBytes,
  commit,
  concat,
  fromUtf8,
  toBase64,
  toHex,
  utf8,
  type Json,
} from '@chaperone/encoding'
import { runIdOf, type Event } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  filesSource,
  sampleDigest,
  sampleExport,
  sampleInstant,
  sampleOrganisation,
  type SampleExport,
  type SampleFiles,
  type SampleOrganisation,
} from '@chaperone/testkit'
import type { RuleName } from './rules.ts'
import { verifyExport, type Verification } from './verify-export.ts'

const organisation = sampleOrganisation()

/** A log of whole orders; `change` may replace or drop each event on its way in. */
function written(change?: SampleExport['change'], orders = 2): SampleFiles {
  return sampleExport(organisation, change === undefined ? { orders } : { orders, change })
}

/** The first attempt at a step of the first order. */
function runOfStep(step: number): string {
  return runIdOf(sampleDigest('order', 'wo-sample0abc'), step, 1, nodeCrypto.sha256)
}

function verify(files: SampleFiles, options = {}): Verification {
  return verifyExport(filesSource(files), organisation.trustRoot, nodeCrypto, options)
}

function verdictOf(result: Verification, rule: RuleName) {
  return result.rules.find((one) => one.rule === rule)
}

function brokenRules(result: Verification): readonly string[] {
  return result.rules.filter((one) => one.verdict === 'broken').map((one) => one.rule)
}

test('a whole log is proven but for what nobody opened', () => {
  const result = verify(written())
  expect(brokenRules(result)).toEqual([])
  expect(result.rules.filter((one) => one.verdict === 'unproven').map((one) => one.rule)).toEqual([
    'openings-match',
    'documents-as-recorded',
    'recordings-chained',
  ])
  expect(verdictOf(result, 'runs-allowed')).toMatchObject({ verdict: 'proven', checked: 6 })
  expect(verdictOf(result, 'heads-seen')).toMatchObject({ verdict: 'proven', checked: 4 })
})

test.for<[rule: RuleName, code: string, change: (event: Event) => readonly Event[]]>([
  [
    'decisions-signed',
    'signature-bad',
    (event) =>
      event.type === 'decision-recorded'
        ? [
            {
              ...event,
              statement: { ...event.statement, text: event.statement.text.replace('attempt 1', 'attempt 2') },
            },
          ]
        : [event],
  ],
  [
    'runs-allowed',
    'quorum-missing',
    (event) =>
      event.type === 'run-intended' ? [{ ...event, decisions: [sampleDigest('another')] }] : [event],
  ],
  [
    'runs-allowed',
    'predecessor-missing',
    (event) => (event.type === 'run-intended' && event.step === 2 ? [{ ...event, after: null }] : [event]),
  ],
  [
    'predecessors-succeeded',
    'entry-says-something-else',
    (event) =>
      event.type === 'run-intended' && event.after !== null
        ? [{ ...event, after: { ...event.after, entry: 1 } }]
        : [event],
  ],
  ['intents-before-starts', 'run-unknown', (event) => (event.type === 'run-intended' ? [] : [event])],
  ['runs-end-once', 'run-ended', (event) => (event.type === 'run-ended' ? [event, event] : [event])],
  [
    'releases-signed',
    'run-not-ended',
    (event) => (event.type === 'run-ended' && event.run === runOfStep(3) ? [] : [event]),
  ],
  ['disclosures-released', 'not-released', (event) => (event.type === 'release-recorded' ? [] : [event])],
  [
    'orders-by-their-people',
    'technician-unknown',
    (event) => (event.type === 'order-submitted' ? [{ ...event, technician: 'p-escortone' }] : [event]),
  ],
  [
    'time-in-order',
    'time-goes-back',
    (event) =>
      event.type === 'run-ended'
        ? [event, { v: 1, type: 'signed-in', at: sampleInstant(-100), person: 'p-escortone' }]
        : [event],
  ],
])('finds %s broken by %s', ([rule, code, change]) => {
  expect(verdictOf(verify(written(change, 1)), rule)).toMatchObject({
    verdict: 'broken',
    first: { why: { code } },
  })
})

test('a decision by the order’s author is not one', () => {
  const result = verify(
    written(
      (event) => (event.type === 'order-submitted' ? [{ ...event, technician: 'p-escortone' }] : [event]),
      1,
    ),
  )
  expect(brokenRules(result)).toContain('orders-by-their-people')
  expect(verdictOf(result, 'runs-allowed')).toMatchObject({
    verdict: 'unproven',
    missing: [{ why: 'rests-on-a-broken-one' }],
  })
})

describe('the head', () => {
  test('an entry that was changed is found', () => {
    const files = written()
    const path = [...files.keys()].find((name) => name.startsWith('tile/entries/')) ?? ''
    const bundle = Uint8Array.from(files.get(path) ?? [])
    bundle[bundle.length - 3]! ^= 1 // the bundle has entries
    const result = verify(new Map([...files, [path, bundle]]))
    expect(verdictOf(result, 'entries-unchanged')).toMatchObject({
      verdict: 'broken',
      first: { why: { code: 'entry-mismatch' } },
    })
    expect(verdictOf(result, 'runs-allowed')?.verdict).toBe('unproven')
  })

  test('a checkpoint by another key proves nothing', () => {
    const other: SampleOrganisation = sampleOrganisation()
    const files = written()
    const result = verifyExport(filesSource(files), { ...other.trustRoot }, nodeCrypto)
    expect(brokenRules(result)).toEqual(['checkpoint-signed'])
    expect(result.rules.filter((one) => one.verdict === 'proven')).toEqual([])
  })

  test('a checkpoint without the signer’s cosignature leaves that unproven', () => {
    const files = written()
    const note = fromUtf8(files.get('checkpoint') ?? new Uint8Array()) ?? ''
    files.set('checkpoint', utf8(`${note.split('\n').slice(0, -2).join('\n')}\n`))
    expect(verdictOf(verify(files), 'checkpoint-cosigned')?.verdict).toBe('unproven')
  })

  test('a roster that is not the trust root’s is not believed, nor what rests on it', () => {
    const files = written()
    const root = { ...organisation.trustRoot, rosterDigest: '0'.repeat(64) }
    const result = verifyExport(filesSource(files), root, nodeCrypto)
    expect(verdictOf(result, 'rosters-adopted')).toMatchObject({ verdict: 'broken', first: { entry: 0 } })
    expect(verdictOf(result, 'decisions-signed')).toMatchObject({ verdict: 'unproven', checked: 0 })
  })
})

describe('openings', () => {
  const salt = new Uint8Array(32).fill(7)
  const text = utf8('why is this needed?')
  const commitment = toHex(commit('question', salt, text, nodeCrypto.sha256))
  const asked = (event: Event): readonly Event[] =>
    event.type === 'order-claimed'
      ? [
          event,
          {
            v: 1,
            type: 'question-asked',
            at: event.at,
            order: event.order,
            version: 1,
            step: 0,
            question: 1,
            escort: 'p-escortone',
            text: commitment,
          },
          {
            v: 1,
            type: 'question-answered',
            at: event.at,
            order: event.order,
            question: 1,
            technician: 'p-technician',
            text: sampleDigest('answer'),
          },
        ]
      : [event]
  const line = (change: Json = {}) =>
    utf8(
      `${JSON.stringify({ commitment, kind: 'question', salt: toHex(salt), base64: toBase64(text), ...(change as object) })}\n`,
    )

  test('one that matches is counted', () => {
    const files = written(asked, 1).set('openings.jsonl', line())
    expect(verdictOf(verify(files), 'openings-match')).toMatchObject({
      verdict: 'unproven',
      checked: 1,
      first: null,
    })
  })

  test.for<[string, Json]>([
    ['opening-mismatch', { base64: toBase64(utf8('something else')) }],
    ['opening-malformed', { salt: '00' }],
    ['opening-malformed', { json: {} }],
  ])('refuses with %s', ([code, change]) => {
    const files = written(asked, 1).set('openings.jsonl', line(change))
    expect(verdictOf(verify(files), 'openings-match')).toMatchObject({
      verdict: 'broken',
      first: { why: { code } },
    })
  })

  test('one that the log never had is found', () => {
    const files = written(undefined, 1).set('openings.jsonl', line())
    expect(verdictOf(verify(files), 'openings-match')).toMatchObject({
      first: { why: { code: 'opening-of-nothing' } },
    })
  })

  test('what was erased is named with who erased it', () => {
    const erased: Event = {
      v: 1,
      type: 'erased',
      at: sampleInstant(200),
      order: 'wo-sample0abc',
      by: 'p-officerone',
      authority: sampleDigest('court'),
    }
    const files = written((event) => (event.type === 'disclosure-recorded' ? [event, erased] : [event]), 1)
    expect(verdictOf(verify(files), 'openings-match')?.missing).toMatchObject([
      { why: 'erased', by: 'p-officerone' },
    ])
  })

  test('documents must say what the entry says', () => {
    const document = { order: 'wo-sample0abc', version: 1, technician: 'p-technician', steps: [] }
    const orderDigest = toHex(commit('order', salt, canonicalBytes(document), nodeCrypto.sha256))
    const files = written(
      (event) => (event.type === 'order-submitted' ? [{ ...event, orderDigest }] : [event]),
      1,
    )
    files.set(
      'openings.jsonl',
      utf8(
        `${JSON.stringify({ commitment: orderDigest, kind: 'order', salt: toHex(salt), json: document })}\n`,
      ),
    )
    expect(verdictOf(verify(files), 'documents-as-recorded')).toMatchObject({
      verdict: 'broken',
      first: { why: { code: 'order-document-differs' } },
    })
  })
})

describe('a target’s sshd log', () => {
  const files = written(undefined, 1)
  const run = runOfStep(1)
  const authority = organisation.roster.authorities[0] ?? ''
  const fingerprint = toBase64(
    nodeCrypto.sha256(Uint8Array.from(atob(authority), (letter) => letter.charCodeAt(0))),
  ).replace(/=+$/, '')
  const login = (id: string, serial: string, account = 'ops') =>
    `Nov 24 17:00:00 web1 sshd[1]: Accepted publickey for ${account} from 127.0.0.1 port 40000 ssh2: ED25519-CERT SHA256:abc ID ${id} (serial ${serial}) CA ED25519 SHA256:${fingerprint}`

  test('a login with its intent is proven', () => {
    const result = verify(files, { sshdLog: [login(`chaperone:${run}`, '7'), 'something else'] })
    expect(verdictOf(result, 'logins-intended')).toMatchObject({ verdict: 'proven', checked: 1 })
  })

  test.for<[string, readonly string[]]>([
    ['login-without-intent', [login(`chaperone:${'0'.repeat(32)}`, '7')]],
    ['login-without-intent', [login('somebody', '9')]],
    ['login-with-another-certificate', [login(`chaperone:${run}`, '8')]],
    ['login-to-another-account', [login(`chaperone:${run}`, '7', 'root')]],
    ['login-repeated', [login(`chaperone:${run}`, '7'), login(`chaperone:${run}`, '7')]],
  ])('finds %s', ([code, sshdLog]) => {
    expect(verdictOf(verify(files, { sshdLog }), 'logins-intended')).toMatchObject({
      verdict: 'broken',
      first: { why: { code } },
    })
  })
})

test('a truncated tile is not read past', () => {
  const files = written()
  const path = [...files.keys()].find((name) => name.startsWith('tile/entries/')) ?? ''
  files.set(path, concat((files.get(path) ?? new Uint8Array()).subarray(0, 40)))
  expect(verdictOf(verify(files), 'entries-unchanged')).toMatchObject({
    verdict: 'broken',
    first: { why: { code: 'bundle-malformed' } },
  })
})
