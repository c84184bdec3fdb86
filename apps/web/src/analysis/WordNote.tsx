import type { Analysis } from '@chaperone/contract'
import { VisibleText } from '../parts/VisibleCode.tsx'

/** What the word under the pointer or the focus is. It keeps its place, so that nothing jumps. */
export function WordNote(props: {
  readonly analysis: Analysis
  readonly word: number | undefined
  readonly held: boolean
}) {
  const { analysis, word, held } = props
  const told = word === undefined ? undefined : analysis.explained[word]
  if (told === undefined)
    return <p className="word-note dim small">Point at a word, or go through them with the arrow keys.</p>
  const { text, role, explanation, span } = told
  const notes = [
    ...analysis.findings.filter((finding) => overlaps(finding.span, span)).map(({ message }) => message),
    ...analysis.unknown
      .filter((one) => overlaps(one.span, span))
      .map(({ what }) => `it cannot be known from here: ${what}`),
  ]
  return (
    <div className="word-note small" aria-live={held ? 'polite' : 'off'}>
      <span className="mono strong">
        <VisibleText text={shortened(text)} />
      </span>{' '}
      <span className="dim">{roleName(role)}</span>{' '}
      <span>{explanation === '' ? 'is not explained: read it yourself' : explanation}</span>
      {notes.map((note, i) => (
        <p key={i}>{note}</p>
      ))}
    </div>
  )
}

interface Span {
  readonly start: number
  readonly end: number
}

const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

const most = 120

const shortened = (text: string): string => (text.length > most ? `${text.slice(0, most)}…` : text)

const roleName = (role: string): string => role.replaceAll(/[-:]/g, ' ')
