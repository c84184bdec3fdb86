import { canonicalJson, commit, toHex, utf8, type Json } from '@chaperone/encoding'
import { orderDigest, runIdOf, stepDigest, type OrderDocument, type StepDocument } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'

const { sha256 } = nodeCrypto
const salt = sha256(utf8('vector salt'))

/** spec/event.md §1. */
export function canonicalJsonVectors(): Json {
  const values: readonly Json[] = [
    null,
    true,
    0,
    -1,
    9_007_199_254_740_991,
    '',
    'ä€😀',
    'quote " backslash \\ slash / tab \t newline \n nul \u0000 delete \u007f',
    '\u2028\u2029\u202e',
    [],
    {},
    [1, [2, []], { a: {} }],
    { b: 1, a: 2, 'a b': 3, A: 4, '10': 5, '9': 6, é: 7 },
    { '\uff0f': 1, '\u{10000}': 2 },
  ]
  return {
    valid: values.map((value) => ({ value, bytes: toHex(utf8(canonicalJson(value))) })),
    invalid: [
      ['white space', '{"a": 1}'],
      ['a line feed at the end', '{}\n'],
      ['members out of order', '{"b":1,"a":2}'],
      ['a member twice', '{"a":1,"a":1}'],
      ['a fraction', '1.5'],
      ['a fraction that is none', '1.0'],
      ['an exponent', '1e3'],
      ['minus nothing', '-0'],
      ['a number that is not exact', '9007199254740993'],
      ['an escape that is not needed', '"\\u0041"'],
      ['an escaped slash', '"\\/"'],
      ['capital hex in an escape', '"\\u001F"'],
      ['half a surrogate pair', '"\\ud800"'],
      ['no JSON', '{a:1}'],
      ['two values', '1 2'],
      ['nothing', ''],
      ['a byte order mark', '\ufeff{}'],
    ]
      .map(([why, text]) => ({ why, bytes: toHex(utf8(text ?? '')) }))
      .concat([{ why: 'bytes that are not UTF-8', bytes: '22ff22' }]),
  } as Json
}

/** spec/commitment.md. */
export function commitmentVectors(): Json {
  return ['order', 'step', 'question', 'recipient-facts'].flatMap((tag) =>
    ['', 'id', 'Größe'].map((value) => ({
      tag,
      salt: toHex(salt),
      value: toHex(utf8(value)),
      commitment: toHex(commit(tag, salt, utf8(value), sha256)),
    })),
  )
}

const step: StepDocument = {
  target: 'web-1',
  account: 'ops',
  interpreter: 'bash',
  bytes: { length: 6, sha256: toHex(sha256(utf8('uname\n'))) },
  files: [{ name: 'f1', mode: '0644', length: 3, sha256: toHex(sha256(utf8('a=1'))) }],
  expected: 'Linux',
  maxSeconds: 60,
}

/** spec/step.md. */
export function stepVectors(): Json {
  const digest = stepDigest(salt, step, sha256)
  const order: OrderDocument = {
    order: 'wo-sample0abc',
    version: 1,
    technician: 'p-technician',
    purpose: 'see which kernel runs',
    fault: '',
    component: 'kernel',
    mayShow: 'its name',
    effects: [{ effect: 'query-only', place: 'web-1' }],
    notBefore: '2026-11-24T16:00:00Z',
    notAfter: '2026-11-24T20:00:00Z',
    steps: [digest, digest],
    rollbackSteps: 1,
  }
  const signed = orderDigest(salt, order, sha256)
  const broken = (field: string, change: Readonly<Record<string, Json>>) => ({
    field,
    document: { ...step, ...change },
  })
  const brokenOrder = (field: string, change: Readonly<Record<string, Json>>) => ({
    field,
    document: { ...order, ...change },
  })
  const file = (change: Readonly<Record<string, Json>>) => ({ files: [{ ...step.files[0], ...change }] })
  return {
    step: { salt: toHex(salt), document: step, digest },
    order: { salt: toHex(salt), document: order, digest: signed },
    runs: [
      [1, 1],
      [2, 1],
      [1, 2],
      [64, 100],
    ].map(([index = 0, attempt = 0]) => ({
      order: signed,
      step: index,
      attempt,
      run: runIdOf(signed, index, attempt, sha256),
    })),
    malformedSteps: [
      broken('target', { target: 'Web-1' }),
      broken('target', { target: '-web' }),
      broken('account', { account: 'root; id' }),
      broken('interpreter', { interpreter: 'sh' }),
      broken('bytes', { bytes: { ...step.bytes, length: 0 } }),
      broken('bytes', { bytes: { ...step.bytes, sha256: 'x' } }),
      broken('size', { bytes: { ...step.bytes, length: 8 * 1024 * 1024 } }),
      broken('files', file({ name: 'f2' })),
      broken('files', file({ mode: '4755' })),
      broken('files', {
        files: Array.from({ length: 17 }, (_, i) => ({ ...step.files[0], name: `f${i + 1}` })) as Json,
      }),
      broken('expected', { expected: 'x'.repeat(4097) }),
      broken('maxSeconds', { maxSeconds: 0 }),
      broken('maxSeconds', { maxSeconds: 14_401 }),
    ],
    malformedOrders: [
      brokenOrder('order', { order: 'wo-x' }),
      brokenOrder('version', { version: 0 }),
      brokenOrder('technician', { technician: 'ada' }),
      brokenOrder('purpose', { purpose: ' ' }),
      brokenOrder('fault', { fault: 'x'.repeat(8193) }),
      brokenOrder('effects', {
        effects: Array.from({ length: 65 }, () => order.effects[0]) as unknown as Json,
      }),
      brokenOrder('notBefore', { notBefore: '2026-11-24 16:00' }),
      brokenOrder('notAfter', { notAfter: '2026-02-30T00:00:00Z' }),
      brokenOrder('steps', { steps: [] }),
      brokenOrder('steps', { steps: ['x'] }),
      brokenOrder('rollbackSteps', { rollbackSteps: 2 }),
    ],
  } as unknown as Json
}
