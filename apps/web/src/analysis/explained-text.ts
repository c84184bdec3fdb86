import type { Analysis } from '@chaperone/contract'

/** How a part of a text is marked; what comes first outweighs the rest. */
export type Mark = 'danger' | 'unknown' | 'undeclared' | 'notice'

/** Part of one line: a word that is explained, or what stands between words. */
export interface Piece {
  readonly text: string
  /** Where it begins in the whole text. */
  readonly start: number
  /** Index among the explained words. */
  readonly word: number | undefined
  readonly mark: Mark | undefined
}

export interface ExplainedLine {
  /** From 1. */
  readonly number: number
  readonly pieces: readonly Piece[]
  /** Nothing on it changes, sends or runs anything, is marked or unexplained. */
  readonly routine: boolean
}

type Told = Pick<
  Analysis,
  'explained' | 'findings' | 'opaque' | 'unknown' | 'effects' | 'undeclared' | 'layers'
>
interface Span {
  readonly start: number
  readonly end: number
}

/** A step's text in lines and words, with what the analysis says of each. Every character of it stays. */
export function explainText(text: string, analysis: Told): readonly ExplainedLine[] {
  const words = apart(analysis.explained.map(({ span }) => span))
  const marked = marksOf(analysis)
  const cuts = cutsOf(text, words, marked)
  const wordAt = new Map(words.map(({ start, index }) => [start, index]))
  const ends = new Map(words.map(({ start, end }) => [start, end]))
  const lines: Piece[][] = [[]]
  let word: number | undefined
  let wordEnd = 0
  for (const [i, start] of cuts.entries()) {
    if (start >= wordEnd) word = undefined
    if (wordAt.has(start)) {
      word = wordAt.get(start)
      wordEnd = ends.get(start) ?? start
    }
    const end = cuts[i + 1] ?? text.length
    const piece = text.slice(start, end)
    if (piece === '\n') lines.push([])
    else if (piece !== '') lines.at(-1)?.push({ text: piece, start, word, mark: markOf(marked, start, end) })
  }
  if (lines.length > 1 && lines.at(-1)?.length === 0) lines.pop()
  const serious = spansOfInterest(analysis)
  let at = 0
  return lines.map((pieces, i) => {
    const length = pieces.reduce((sum, piece) => sum + piece.text.length, 0)
    const span = { start: at, end: at + length }
    at += length + 1
    const routine = !serious.some((one) => touches(one, span)) && isExplained(pieces, analysis)
    return { number: i + 1, pieces, routine }
  })
}

/** Words that begin after the one before them has ended, with their place in the list. */
function apart(spans: readonly Span[]): readonly (Span & { readonly index: number })[] {
  let end = 0
  return spans
    .map((span, index) => ({ ...span, index }))
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter((span) => {
      const fits = span.start >= end && span.end > span.start
      if (fits) end = span.end
      return fits
    })
}

interface Marked extends Span {
  readonly mark: Mark
}

function marksOf({ findings, opaque, undeclared }: Told): readonly Marked[] {
  return [
    ...findings.map(({ level, span }): Marked => ({ ...span, mark: level === 'stop' ? 'danger' : 'notice' })),
    ...opaque.map(({ span }): Marked => ({ ...span, mark: 'unknown' })),
    ...undeclared.map(({ span }): Marked => ({ ...span, mark: 'undeclared' })),
  ]
}

const weights: readonly Mark[] = ['danger', 'unknown', 'undeclared', 'notice']

function markOf(marked: readonly Marked[], start: number, end: number): Mark | undefined {
  const here = marked.filter((span) => span.start < end && start < span.end)
  return weights.find((mark) => here.some((span) => span.mark === mark))
}

/** Every place where a piece begins; line ends are pieces of their own. */
function cutsOf(text: string, ...lists: readonly (readonly Span[])[]): readonly number[] {
  const cuts = new Set([0])
  for (const { start, end } of lists.flat()) cuts.add(start).add(end)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) cuts.add(at).add(at + 1)
  return [...cuts].filter((at) => at >= 0 && at < text.length).sort((a, b) => a - b)
}

/** Parts that nobody may overlook. */
function spansOfInterest({ findings, opaque, unknown, effects, undeclared, layers }: Told): readonly Span[] {
  const active = effects.filter(({ group }) => group !== 'reads')
  return [...findings, ...opaque, ...unknown, ...active, ...undeclared, ...layers].map(({ span }) => span)
}

const touches = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end

/** Blank, a comment, or words of which each is explained. */
function isExplained(pieces: readonly Piece[], { explained }: Told): boolean {
  const text = pieces.map((piece) => piece.text).join('')
  // What cannot be seen as it is written is never put away.
  if (!/^[\t\x20-\x7e]*$/.test(text)) return false
  if (/^\s*(#|$)/.test(text)) return true
  const words = pieces.flatMap(({ word }) => (word === undefined ? [] : [explained[word]]))
  return words.length > 0 && words.every((word) => word !== undefined && word.explanation !== '')
}

export type Section =
  | { readonly kind: 'shown'; readonly lines: readonly ExplainedLine[] }
  | { readonly kind: 'folded'; readonly lines: readonly ExplainedLine[] }

const leastFolded = 4

/** A long text with its routine stretches folded. */
export function foldRoutine(lines: readonly ExplainedLine[]): readonly Section[] {
  const sections: { kind: Section['kind']; lines: ExplainedLine[] }[] = []
  for (const line of lines) {
    const kind = line.routine ? 'folded' : 'shown'
    const last = sections.at(-1)
    if (last?.kind === kind) last.lines.push(line)
    else sections.push({ kind, lines: [line] })
  }
  return merged(
    sections.map((section) =>
      section.kind === 'folded' && section.lines.length < leastFolded
        ? { ...section, kind: 'shown' }
        : section,
    ),
  )
}

function merged(sections: readonly Section[]): readonly Section[] {
  return sections.reduce<readonly Section[]>((before, section) => {
    const last = before.at(-1)
    return last?.kind === 'shown' && section.kind === 'shown'
      ? [...before.slice(0, -1), { kind: 'shown', lines: [...last.lines, ...section.lines] }]
      : [...before, section]
  }, [])
}
