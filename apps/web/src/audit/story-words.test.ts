import { expect, test } from 'vitest'
import { storyLine } from './story-words.ts'

const names: Readonly<Record<string, string>> = { 'p-escortone': 'Ann', 'p-technician': 'Tim' }
const nameOf = (person: string) => names[person] ?? person
const head = { v: 1, at: '2026-11-24T12:00:00Z', order: 'wo-7h2m1x9q' }
const digest = 'a'.repeat(64)
const run = 'b'.repeat(32)

const ended = (outcome: object): Logged => ({
  ...head,
  type: 'run-ended',
  run,
  outcome,
  serial: '7',
  recording: null,
})

type Logged = { readonly type: string; readonly [member: string]: unknown }

test.for<[event: Logged, words: RegExp, tone: string]>([
  [
    { ...head, type: 'order-withdrawn', version: 2, technician: 'p-technician' },
    /^Tim withdrew version 2$/,
    'unsure',
  ],
  [
    { ...head, type: 'claim-returned', escort: 'p-escortone', to: null, note: null },
    /^Ann handed it back$/,
    'plain',
  ],
  [
    { ...head, type: 'claim-returned', escort: 'p-escortone', to: 'p-escorttwo', note: digest },
    /^Ann handed it over to p-escorttwo$/,
    'plain',
  ],
  [ended({ result: 'succeeded' }), /^Succeeded\. .*No output captured, certificate 7$/, 'good'],
  [ended({ result: 'failed', exit: 3, signal: null }), /^Failed \(exit 3\)/, 'bad'],
  [ended({ result: 'unknown', reason: 'connection-lost' }), /^Unknown\. .*never counted as failed/, 'unsure'],
  [
    {
      ...head,
      type: 'disclosure-recorded',
      recipient: 'p-technician',
      recipientFacts: digest,
      content: digest,
      length: 2048,
      basis: 'release',
      run,
    },
    /^Tim was shown 2\.0 KiB of released output$/,
    'active',
  ],
  [
    {
      ...head,
      type: 'comprehension-recorded',
      version: 1,
      step: 2,
      escort: 'p-escortone',
      question: 'what-changes',
      answer: 3,
      matched: true,
    },
    /^Ann was asked what changes in step 2: their answer is what the analysis derived$/,
    'good',
  ],
  [
    {
      ...head,
      type: 'comprehension-recorded',
      version: 1,
      step: 2,
      escort: 'p-escortone',
      question: 'what-is-interrupted',
      answer: 'unknown',
      matched: false,
    },
    /^Ann was asked what is interrupted by step 2: they did not know; it calls a second escort$/,
    'unsure',
  ],
  [{ ...head, type: 'from-the-future' }, /^Entry of type from-the-future$/, 'plain'],
  [
    { ...head, type: 'decision-recorded', statement: { text: 'allow everything\n', signature: '' } },
    /cannot be read/,
    'bad',
  ],
])('%j', ([event, words, tone]) => {
  const line = storyLine({ type: event.type, event: { ...event } }, nameOf)
  expect(line.words).toMatch(words)
  expect(line.tone).toBe(tone)
})
