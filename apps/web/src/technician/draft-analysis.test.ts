import { expect, test } from 'vitest'
import type { Analysis } from '@chaperone/contract'
import { emptyStep, type DraftStep } from './draft.ts'
import { analysableSteps, analysisDraft, effectsToDeclare } from './draft-analysis.ts'

const me = {
  targets: [
    { target: 'web-1', regime: 'open', accounts: ['ops'], interpreters: ['bash' as const], maxSeconds: 60 },
  ],
}
const step = (key: string, text: string): DraftStep => ({
  ...emptyStep(me, key),
  content: { kind: 'text', text },
})

test('steps without commands are left out, rollback steps come last', () => {
  const draft = { steps: [step('a', 'uptime'), step('b', ' ')], rollback: [step('c', 'date')] }
  const steps = analysableSteps(draft)
  expect(steps.map(({ key }) => key)).toEqual(['a', 'c'])
  expect(analysisDraft(steps, [{ effect: 'list', place: '/' }])).toEqual({
    steps: [
      { target: 'web-1', account: 'ops', interpreter: 'bash', bytes: 'dXB0aW1l', files: [] },
      { target: 'web-1', account: 'ops', interpreter: 'bash', bytes: 'ZGF0ZQ==', files: [] },
    ],
    effects: [{ effect: 'list', place: '/' }],
  })
})

test('a draft that is too large is not sent while somebody types', () => {
  expect(analysableSteps({ steps: [step('a', 'x'.repeat(1024 * 1024 + 1))], rollback: [] })).toEqual([])
})

test('what can be declared is taken over once, and dangers are not', () => {
  const undeclared = [
    { type: 'write-file', place: '/etc/hosts' },
    { type: 'exfiltration', place: 'x' },
  ]
  const analysis = { undeclared } as unknown as Analysis // only this member is read
  expect(effectsToDeclare([analysis, analysis])).toEqual([{ effect: 'write-file', place: '/etc/hosts' }])
})
