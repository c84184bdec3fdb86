import type { Analysis, Span } from '@chaperone/analysis'
import { visible as segments, visibleText } from '@chaperone/recording'
import { table } from './table.ts'

const titles: Readonly<Record<Analysis['level'], string>> = {
  routine: 'routine',
  notable: 'notable',
  'high-impact': 'high impact',
  stop: 'DANGER',
  opaque: 'CANNOT BE KNOWN',
}

/** An analysis for a person: the whole, the dangers, what is not known, what runs, what it does. */
export function analysisText(analysis: Analysis, text: string, explain: boolean): string {
  const at = (span: Span) => visible(text.slice(span.start, Math.min(span.end, span.start + 60)))
  const sections = [
    `${titles[analysis.level]}: ${visible(analysis.summary)}`,
    list(
      'Dangers',
      analysis.findings.map(({ message, span }) => `${message}: ${at(span)}`),
    ),
    list(
      'Not known',
      analysis.unknown.map(({ what, remedy }) => `${visible(what)}; ${remedy}`),
    ),
    list(
      'Not declared',
      analysis.undeclared.map(({ type, place }) => visible(`${type} ${place}`)),
    ),
    list('What runs', analysis.commands.map(commandLine)),
    list(
      'Carried text',
      analysis.layers.map((layer, i) => `${i + 1}. ${layer.language}, ${layer.how}: ${visible(layer.text)}`),
    ),
    effects(analysis),
    explain ? words(analysis) : '',
  ]
  return sections.filter((section) => section !== '').join('\n\n')
}

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`

function commandLine({ argv, typed, explanation, via }: Analysis['commands'][number]): string {
  const resolved = visible(argv.map((word) => word ?? '?').join(' '))
  const through = via.length === 0 ? '' : `  [through ${visible(via.join(', '))}]`
  return `${resolved}${typed === null ? '' : `  (typed: ${visible(typed.join(' '))})`}${through}\n    ${visible(explanation)}`
}

function effects(analysis: Analysis): string {
  const rows = analysis.effects.map(({ group, type, place }) => [group, type, visible(place)])
  return rows.length === 0 ? '' : `Effects\n${table(['', 'EFFECT', 'PLACE'], rows)}`
}

function words(analysis: Analysis): string {
  const rows = analysis.explained.map(({ text, role, explanation }) => [
    visible(text),
    role,
    visible(explanation || 'not known'),
  ])
  return `Words\n${table(['WORD', 'IS', 'MEANING'], rows)}`
}

/** On one line, with what cannot be seen made visible. */
const visible = (text: string): string => visibleText(segments(text)).replaceAll('\n', ' ⏎ ')
