import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toBase64, utf8 } from '@chaperone/encoding'
import { checkDraft } from './check-draft.ts'
import {
  bytesOf,
  contentOf,
  draftOf,
  emptyDraft,
  freeKey,
  moved,
  sizeOf,
  type Draft,
  type DraftStep,
} from './draft.ts'

const me = {
  targets: [
    { target: 'db1', regime: 'open', accounts: ['ops'], interpreters: ['bash' as const], maxSeconds: 600 },
  ],
}

const empty = emptyDraft(me, '2026-11-24T12:00:00Z')
const step: DraftStep = { ...empty.steps[0]!, content: { kind: 'text', text: 'uptime\n' } }
const whole: Draft = { ...empty, purpose: 'Look at the load', steps: [step] }

test('a draft is sent exactly as typed', () => {
  expect(checkDraft(whole, me)).toMatchObject({
    ok: true,
    value: {
      purpose: 'Look at the load',
      notBefore: '2026-11-24T12:00:00Z',
      notAfter: '2026-11-24T20:00:00Z',
      steps: [{ target: 'db1', account: 'ops', bytes: toBase64(utf8('uptime\n')), maxSeconds: 60 }],
      rollback: [],
    },
  })
})

const large = 'A'.repeat((8 * 1024 * 1024 * 4) / 3 + 4)

test.for<[field: string, change: Partial<Draft>]>([
  ['purpose', { purpose: ' \n' }],
  ['fault', { fault: 'a\ud800' }],
  ['steps', { steps: [] }],
  ['opens', { opens: '' }],
  ['closes', { closes: '2026-11-' }],
  ['closes', { closes: whole.opens }],
  ['closes', { closes: '2027-11-24T12:00' }],
  ['step-1.target', { steps: [{ ...step, target: 'db2' }] }],
  ['step-1.account', { steps: [{ ...step, account: 'root' }] }],
  ['step-1.interpreter', { steps: [{ ...step, interpreter: 'sql' }] }],
  ['step-1.content', { steps: [{ ...step, content: { kind: 'text', text: '' } }] }],
  ['step-1.content', { steps: [{ ...step, content: { kind: 'text', text: '\udc00' } }] }],
  ['step-1.content', { steps: [{ ...step, files: [{ label: 'a', mode: '0600', content: large }] }] }],
  ['step-1.expected', { steps: [{ ...step, expected: '\ud800' }] }],
  ['step-1.seconds', { steps: [{ ...step, seconds: '0' }] }],
  ['step-1.seconds', { steps: [{ ...step, seconds: '1e2' }] }],
  ['step-1.seconds', { steps: [{ ...step, seconds: '601' }] }],
  ['step-9.content', { rollback: [{ ...step, key: 'step-9', content: { kind: 'text', text: '' } }] }],
])('%s is named when it is wrong', ([field, change]) => {
  const checked = checkDraft({ ...whole, ...change }, me)
  expect(checked.ok ? {} : checked.error).toHaveProperty([field], expect.stringMatching(/^[A-Z].*\.$/))
})

test.for<[bytes: Uint8Array, kind: string]>([
  [utf8('a\nb'), 'text'],
  [utf8('\u202e\u001b'), 'text'],
  [utf8('a\r\nb'), 'bytes'],
  [utf8('a\0'), 'bytes'],
  [new Uint8Array([0xff]), 'bytes'],
])('%j are kept as %s', ([bytes, kind]) => {
  expect(contentOf(toBase64(bytes)).kind).toBe(kind)
})

test('going on from what was submitted changes no byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 30 }), (bytes) => {
      const content = contentOf(toBase64(bytes))
      expect(bytesOf(content)).toEqual(bytes)
      const checked = checkDraft({ ...whole, steps: [{ ...step, content }], rollback: [] }, me)
      if (!checked.ok) throw new Error(JSON.stringify(checked.error))
      expect(checkDraft(draftOf(checked.value), me)).toEqual(checked)
    }),
  )
})

test('a new step gets a key of its own', () => {
  const steps = ['step-1', 'step-3', 'step-2'].map((key) => ({ ...step, key }))
  expect(freeKey({ ...whole, steps: steps.slice(0, 2) })).toBe('step-4')
  expect(freeKey({ ...whole, steps, rollback: [{ ...step, key: 'step-5' }] })).toBe('step-6')
})

test.for<[index: number, by: -1 | 1, order: string]>([
  [0, 1, 'bac'],
  [2, -1, 'acb'],
  [0, -1, 'abc'],
  [2, 1, 'abc'],
])('item %i moved by %i', ([index, by, order]) => {
  expect(moved([...'abc'], index, by).join('')).toBe(order)
})

test.for([0, 1, 2, 3, 4, 100])('the size of %i bytes is told from their base64', (length) => {
  expect(sizeOf(toBase64(new Uint8Array(length)))).toBe(length)
})
