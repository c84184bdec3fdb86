import { canonicalBytes, fromUtf8, toHex, type Json } from '@chaperone/encoding'
import { encodeEvent, type Event } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { leafHash } from '@chaperone/tlog'
import { sampleDigest } from '@chaperone/testkit'
import { vectorAdoptions, vectorRoster, vectorSigned } from './roster-vectors.ts'

const at = '2026-11-24T16:20:34Z'
const order = 'wo-sample0abc'
const run = '0123456789abcdef0123456789abcdef'
const about = { v: 1, at, order } as const
const [technician, escort, officer] = ['p-technician', 'p-escortone', 'p-officerone']
const statement = vectorSigned(escort, { kind: 'freeze', order, version: 1, escort, issued: at })
const submission = {
  ...about,
  version: 1,
  orderDigest: sampleDigest('order'),
  technician,
  identity: 'session',
  notBefore: '2026-11-24T16:00:00Z',
  notAfter: '2026-11-24T20:00:00Z',
  steps: [
    {
      digest: sampleDigest('step'),
      target: 'web-1',
      account: 'ops',
      interpreter: 'bash',
      analysis: sampleDigest('analysis'),
      level: 'routine',
    },
  ],
  rollbackSteps: 0,
} as const
const ended = { ...about, type: 'run-ended', run, serial: '7', recording: null } as const

/** One event of every type, `run-ended` with every outcome. */
export const eventSamples: readonly Event[] = [
  { ...submission, steps: [...submission.steps], type: 'order-submitted' },
  { ...submission, steps: [...submission.steps], type: 'order-revised', version: 2, identity: 'token' },
  { ...about, type: 'order-withdrawn', version: 1, technician },
  { ...about, type: 'order-claimed', version: 1, escort, until: '2026-11-24T18:00:00Z' },
  { ...about, type: 'claim-returned', escort, to: null, note: sampleDigest('note') },
  {
    ...about,
    type: 'question-asked',
    version: 1,
    step: 0,
    question: 1,
    escort,
    text: sampleDigest('question'),
  },
  { ...about, type: 'question-answered', question: 1, technician, text: sampleDigest('answer') },
  {
    ...about,
    type: 'output-requested',
    version: 1,
    step: 2,
    request: 1,
    technician,
    text: sampleDigest('wish'),
  },
  { ...about, type: 'output-declined', request: 1, escort, word: 'too-broad' },
  {
    ...about,
    type: 'comprehension-recorded',
    version: 1,
    step: 2,
    escort,
    question: 'what-changes',
    answer: 3,
    matched: true,
  },
  {
    ...about,
    type: 'comprehension-recorded',
    version: 1,
    step: 2,
    escort,
    question: 'what-is-interrupted',
    answer: 'unknown',
    matched: false,
  },
  { ...about, type: 'decision-recorded', statement },
  {
    ...about,
    type: 'run-intended',
    version: 1,
    orderDigest: sampleDigest('order'),
    step: 2,
    attempt: 1,
    run,
    stepDigest: sampleDigest('step'),
    target: 'web-1',
    decisions: [sampleDigest('decision')],
    after: { run: 'f'.repeat(32), entry: 7 },
  },
  { ...about, type: 'run-started', run, targetTime: at },
  {
    ...ended,
    outcome: { result: 'succeeded' },
    recording: { chunks: 1, bytes: 512, link: sampleDigest('link') },
  },
  { ...ended, outcome: { result: 'failed', exit: 3, signal: null } },
  { ...ended, outcome: { result: 'killed', reason: 'asked', confirmed: true, survivors: 0 } },
  { ...ended, outcome: { result: 'unknown', reason: 'connection-lost' } },
  { ...ended, serial: null, outcome: { result: 'not-started', reason: 'hash-wrong' } },
  { ...about, type: 'kill-requested', run, person: officer },
  { ...about, type: 'order-frozen', version: 1, person: escort },
  { ...about, type: 'action-signed', statement },
  { ...about, type: 'release-recorded', statement },
  {
    ...about,
    type: 'disclosure-recorded',
    recipient: technician,
    recipientFacts: sampleDigest('facts'),
    content: sampleDigest('text'),
    length: 512,
    basis: 'release',
    run,
  },
  {
    v: 1,
    at,
    type: 'roster-adopted',
    version: 1,
    digest: sampleDigest('roster'),
    adoptions: [...vectorAdoptions(vectorRoster(), ['p-officerone', 'p-officertwo'])],
  },
  { v: 1, at, type: 'stop-ordered', stop: sampleDigest('stop'), statement },
  { v: 1, at, type: 'stop-lifted', stop: sampleDigest('stop'), statements: [statement, statement] },
  { v: 1, at, type: 'enrolment-issued', person: escort, by: officer, expires: '2026-11-25T16:20:34Z' },
  { v: 1, at, type: 'key-collected', person: escort, key: `SHA256:${'A'.repeat(43)}`, use: 'decide' },
  { v: 1, at, type: 'signed-in', person: escort },
  { v: 1, at, type: 'log-exported', person: officer, order: null },
  { ...about, type: 'erased', by: officer, authority: sampleDigest('court') },
  { v: 1, at, type: 'recovered', epoch: 2, statements: [statement, statement] },
]

/** spec/event.md: every type, and for each every member left out, an unknown one, and one of another sort. */
export function eventVectors(): Json {
  return {
    valid: eventSamples.map((event) => {
      const bytes = encodeEvent(event)
      return {
        type: event.type,
        text: fromUtf8(bytes) ?? '',
        leaf: toHex(leafHash(bytes, nodeCrypto.sha256)),
      }
    }),
    invalid: [...eventSamples.flatMap(brokenOnes), ...others()],
  }
}

function brokenOnes(event: Event): readonly Json[] {
  const spelt = (changed: object) => fromUtf8(canonicalBytes(changed as Json)) ?? ''
  const members = Object.keys(event)
  return [
    ...members.map((member) => ({
      why: `${event.type} without ${member}`,
      text: spelt({ ...event, [member]: undefined }),
    })),
    ...members.map((member) => ({
      why: `${event.type} with another sort of ${member}`,
      text: spelt({ ...event, [member]: { x: 1 } }),
    })),
    { why: `${event.type} with an unknown member`, text: spelt({ ...event, unknown: 1 }) },
    { why: `${event.type} with white space`, text: spelt(event).replace(':', ': ') },
  ]
}

function others(): readonly Json[] {
  const long = { ...eventSamples[7], statement: { text: 'x'.repeat(70_000), signature: '' } }
  const text = (value: unknown) => fromUtf8(canonicalBytes(value as Json)) ?? ''
  return [
    { why: 'an unknown type', text: text({ v: 1, at, type: 'order-deleted', order }) },
    { why: 'version 2', text: text({ ...eventSamples[2], v: 2 }) },
    { why: 'a day that is none', text: text({ ...eventSamples[2], at: '2026-02-30T00:00:00Z' }) },
    { why: 'longer than an entry', text: text(long) },
    { why: 'nested beyond reading', text: `${'['.repeat(30_000)}${']'.repeat(30_000)}` },
    { why: 'an array', text: '[]' },
    { why: 'nothing', text: '' },
  ]
}
