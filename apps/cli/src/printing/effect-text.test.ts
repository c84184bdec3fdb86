import { expect, test } from 'vitest'
import type { ReviewStep } from '@chaperone/contract'
import { effectText } from './effect-text.ts'

const span = { start: 0, end: 1 }
const hosts = { type: 'write-file', place: '/etc/ho\u202ests', span, group: 'changes' as const, argv: [] }
const log = { type: 'read-file', place: '/var/log/syslog', span, group: 'reads' as const, argv: [] }
const unknown = { what: 'what the file x does', remedy: 'ask for it', span }
const told = (covered: boolean) =>
  ({
    analysis: { effects: [log, hosts, hosts], undeclared: [hosts], unknown: [unknown, unknown] },
    understanding: { covered, doubtedBy: [{ person: 'p-escortone', name: 'Ann' }] },
  }) as unknown as ReviewStep // only these members are read

test('effects by what they are, undeclared ones marked, and what would make the rest known', () => {
  expect(effectText(told(false))).toEqual([
    ' ! changes: write-file /etc/ho⟦U+202E⟧sts (not declared)',
    '   reads: read-file /var/log/syslog',
    ' ? cannot be known: what the file x does; ask for it',
    ' ! a second escort is called: Ann did not say what it does',
  ])
})

test('nothing of it before the escort has said what the step does', () => {
  const text = effectText(told(true)).join('\n')
  expect(text).toContain('say first')
  expect(text).not.toContain('hosts')
})
