import fc from 'fast-check'
import { expect, test } from 'vitest'
import { analyse } from '@chaperone/analysis'
import { utf8 } from '@chaperone/encoding'
import { explainText, foldRoutine, type ExplainedLine } from './explained-text.ts'

type Told = Parameters<typeof explainText>[1]

/** What the analyser says, as the gateway sends it. */
const told = (text: string): Told => analyse('bash', utf8(text)) as unknown as Told

const written = (lines: readonly ExplainedLine[]) =>
  lines.map(({ pieces }) => pieces.map(({ text }) => text).join('')).join('\n')

const words = (text: string) => {
  const analysis = told(text)
  return explainText(text, analysis).flatMap(({ pieces }) =>
    pieces.flatMap(({ text: piece, word }) => (word === undefined ? [] : [piece])),
  )
}

test.for<[text: string, expected: readonly string[]]>([
  ['systemctl restart nginx', ['systemctl', 'restart', 'nginx']],
  ["grep -n '^workers' a.conf\nuptime\n", ['grep', '-n', "'^workers'", 'a.conf', 'uptime']],
])('%j: each explained word is a piece', ([text, expected]) => {
  expect(words(text)).toEqual(expected)
})

test('no character is lost or doubled, whatever the spans', () => {
  const span = fc.tuple(fc.nat(40), fc.nat(12)).map(([start, length]) => ({ start, end: start + length }))
  const spans = fc.array(span, { maxLength: 8 })
  const text = fc.string({ maxLength: 40, unit: fc.constantFrom('a', ' ', '\n', '#', 'é', '\u202e') })
  fc.assert(
    fc.property(text, spans, spans, spans, (source, explained, findings, opaque) => {
      const lines = explainText(source, {
        explained: explained.map((one) => ({ span: one, text: '', role: '', explanation: 'x' })),
        findings: findings.map((one) => ({ span: one, rule: '', level: 'stop', message: '' })),
        opaque: opaque.map((one) => ({ span: one, reason: '' })),
        unknown: [],
        effects: [],
        undeclared: [],
        layers: [],
      })
      const end = source.endsWith('\n') && lines.length > 0 ? '\n' : ''
      expect(written(lines) + (source === '\n' ? '' : end)).toBe(source === '\n' ? '' : source)
      const folded = foldRoutine(lines).flatMap((section) => section.lines)
      expect(folded).toEqual(lines)
    }),
  )
})

test('danger outweighs what cannot be known, and both are marked where they stand', () => {
  const part = (start: number, end: number) => ({ span: { start, end } })
  const lines = explainText('abc def', {
    explained: [],
    findings: [{ ...part(0, 3), rule: '', level: 'stop', message: '' }],
    opaque: [{ ...part(2, 7), reason: '' }],
    unknown: [],
    effects: [],
    undeclared: [],
    layers: [],
  })
  expect(lines[0]?.pieces.map(({ text, mark }) => [text, mark])).toEqual([
    ['ab', 'danger'],
    ['c', 'danger'],
    [' def', 'unknown'],
  ])
})

test('a long script folds what only looks, and nothing else', () => {
  const looks = Array.from({ length: 30 }, (_, i) => `cat /var/log/app-${i}.log`)
  const lines = [
    ...looks,
    'systemctl restart nginx',
    ...looks,
    'rm /srv/data/old.csv',
    '# done',
    'uptime',
    'echo "a\u200bb"',
    ...looks,
  ]
  const text = `${lines.join('\n')}\n`
  const sections = foldRoutine(explainText(text, told(text)))
  expect(sections.map(({ kind, lines: { length } }) => [kind, length])).toEqual([
    ['folded', 30],
    ['shown', 1],
    ['folded', 30],
    ['shown', 4],
    ['folded', 30],
  ])
})
