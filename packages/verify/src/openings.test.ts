import { expect, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import { canonicalBytes, commit, toHex, utf8, type Json } from '@chaperone/encoding'
import type { EventOf } from '@chaperone/domain'
import { filesSource } from '@chaperone/testkit'
import { findings } from './findings.ts'
import { openingCheck } from './openings.ts'

type Answer = EventOf<'comprehension-recorded'>

const analysis: Json = {
  level: 'high-impact',
  questions: [
    { ask: 'what-changes', choices: ['deletes /srv', 'nothing is changed', 'it reboots'], right: [0, 2] },
  ],
}
const salt = new Uint8Array(32)
const commitment = toHex(commit('analysis', salt, canonicalBytes(analysis), nodeCrypto.sha256))
const line = JSON.stringify({ commitment, kind: 'analysis', salt: toHex(salt), json: analysis })
const event: Answer = {
  v: 1,
  type: 'comprehension-recorded',
  at: '2026-11-24T16:20:34Z',
  order: 'wo-sample0abc',
  version: 1,
  step: 1,
  escort: 'p-escortone',
  question: 'what-changes',
  answer: 1,
  matched: true,
}

test.for<[what: string, answer: Partial<Answer>, wrong: boolean]>([
  ['a right answer', {}, false],
  ['another right one', { answer: 3 }, false],
  ['a wrong one', { answer: 2, matched: false }, false],
  ['one that nobody knew', { answer: 'unknown', matched: false }, false],
  ['a wrong one called right', { answer: 2 }, true],
  ['a right one called wrong', { matched: false }, true],
  ['a choice that was not offered', { answer: 4, matched: false }, true],
  ['a question that was not asked', { question: 'what-is-interrupted', matched: false }, true],
])('%s is compared with the analysis', ([, answer, wrong]) => {
  const found = findings()
  const files = new Map([['openings.jsonl', utf8(`${line}\n`)]])
  openingCheck(filesSource(files), nodeCrypto.sha256, found).answered(0, { ...event, ...answer }, commitment)
  expect(found.isBroken('documents-as-recorded')).toBe(wrong)
})
