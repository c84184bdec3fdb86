import { memo, useCallback, useMemo, useState, type KeyboardEvent, type SyntheticEvent } from 'react'
import { fromUtf8 } from '@chaperone/encoding'
import type { Analysis } from '@chaperone/contract'
import { VisibleCode, VisibleText } from '../parts/VisibleCode.tsx'
import { explainText, foldRoutine, type ExplainedLine, type Piece, type Section } from './explained-text.ts'
import { nextWord } from './next-word.ts'
import { WordNote } from './WordNote.tsx'

interface CodeProps {
  readonly bytes: Uint8Array
  readonly analysis: Analysis
  readonly label: string
  /** Whether what only looks is folded: at first, when asked for, or never because effects are not told yet. */
  readonly folds: 'at-first' | 'on-wish' | 'never'
}

const mostExplained = 200_000
const longScript = 40

/** Exact bytes, in which each word that is explained can be pointed at and reached by keyboard. */
export function ExplainedCode(props: CodeProps) {
  const { bytes, analysis, label } = props
  const text = useMemo(() => (bytes.length > mostExplained ? undefined : fromUtf8(bytes)), [bytes])
  if (text === undefined || analysis.explained.length === 0)
    return <VisibleCode bytes={bytes} label={label} />
  return <Explained {...props} text={text} />
}

/** The word that is spoken of: pointed at for a moment, or held by a click or Enter. */
interface Chosen {
  readonly word: number
  readonly held: boolean
}

function Explained({ analysis, label, text, folds }: CodeProps & { readonly text: string }) {
  const lines = useMemo(() => explainText(text, analysis), [text, analysis])
  const [wish, setWish] = useState<boolean | undefined>(undefined)
  const long = lines.length > longScript && folds !== 'never'
  const folding = long && (wish ?? folds === 'at-first')
  const sections = useMemo<readonly Section[]>(
    () => (folding ? foldRoutine(lines) : [{ kind: 'shown', lines }]),
    [lines, folding],
  )
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined)
  const point = useCallback((event: SyntheticEvent, held: boolean) => {
    const word = wordOf(event.target)
    if (word !== undefined) setChosen((before) => (before?.held === true && !held ? before : { word, held }))
  }, [])
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const word = wordOf(event.target)
    if (word === undefined) return
    if (event.key === 'Enter' || event.key === ' ') setChosen({ word, held: true })
    else if (event.key === 'Escape') setChosen(undefined)
    else if (!focusNext(event.currentTarget, word, event.key)) return
    event.preventDefault()
  }
  const first = analysis.explained.findIndex((_, i) => isShown(sections, i))
  const foldable = useMemo(() => foldRoutine(lines).some(({ kind }) => kind === 'folded'), [lines])
  return (
    <div className="stack explained">
      {long && foldable ? (
        <button type="button" className="fold-button" onClick={() => setWish(!folding)}>
          {folding ? `Show all ${lines.length} lines` : 'Fold lines that only look'}
        </button>
      ) : null}
      {/* Arrow keys go from word to word: one stop in the tab order for all of them. */}
      <div
        className="code"
        role="region"
        aria-label={label}
        onKeyDown={onKeyDown}
        onClick={(event) => point(event, true)}
        onMouseOver={(event) => point(event, false)}
        onFocus={(event) => point(event, false)}
      >
        <code>
          {sections.map((section, i) => (
            <CodeSection
              key={`${i} ${section.lines[0]?.number ?? 0}`}
              section={section}
              tabWord={chosen?.word ?? first}
              analysis={analysis}
            />
          ))}
        </code>
        {text.endsWith('\n') ? null : <p className="code-end">No newline at the end.</p>}
      </div>
      <WordNote analysis={analysis} word={chosen?.word} held={chosen?.held ?? false} />
    </div>
  )
}

function CodeSection(props: {
  readonly section: Section
  readonly tabWord: number
  readonly analysis: Analysis
}) {
  const { section, tabWord, analysis } = props
  const [open, setOpen] = useState(false)
  const [from = 0, to = 0] = [section.lines[0]?.number, section.lines.at(-1)?.number]
  if (section.kind === 'folded' && !open) {
    return (
      <span className="folded">
        <button type="button" onClick={() => setOpen(true)}>
          Lines {from} to {to} only look: show them
        </button>
      </span>
    )
  }
  return section.lines.map((line) => (
    <CodeLine
      key={line.number}
      line={line}
      tabWord={line.pieces.some(({ word }) => word === tabWord) ? tabWord : -1}
      analysis={analysis}
    />
  ))
}

const CodeLine = memo(function CodeLine(props: {
  readonly line: ExplainedLine
  readonly tabWord: number
  readonly analysis: Analysis
}) {
  const { line, tabWord, analysis } = props
  return (
    <span className="line" data-line={line.number}>
      {line.pieces.map((piece) => (
        <CodePiece key={piece.start} piece={piece} tabWord={tabWord} analysis={analysis} />
      ))}
      {'\n'}
    </span>
  )
})

const markWords = {
  danger: 'danger',
  unknown: 'cannot be known',
  undeclared: 'not declared',
  notice: 'worth a look',
} as const

function CodePiece(props: { readonly piece: Piece; readonly tabWord: number; readonly analysis: Analysis }) {
  const { piece, tabWord, analysis } = props
  const { text, word, mark } = piece
  const look = mark === undefined ? '' : ` marked-${mark}`
  if (word === undefined) return mark === undefined ? <VisibleText text={text} /> : <Marked piece={piece} />
  const explanation = analysis.explained[word]?.explanation ?? ''
  const told = explanation === '' ? 'not explained' : explanation
  return (
    <span
      role="button"
      className={`word${look}${explanation === '' ? ' word-unexplained' : ''}`}
      data-word={word}
      tabIndex={tabWord === word ? 0 : -1}
      aria-description={mark === undefined ? told : `${markWords[mark]}; ${told}`}
    >
      <VisibleText text={text} />
    </span>
  )
}

/** What is marked and no word: told to whoever cannot see the mark. */
function Marked({ piece: { text, mark = 'notice' } }: { readonly piece: Piece }) {
  return (
    <span className={`marked-${mark}`} title={markWords[mark]}>
      <VisibleText text={text} />
    </span>
  )
}

function wordOf(target: EventTarget): number | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-word]') : null
  return found === null ? undefined : Number(found.dataset['word'])
}

/** Moves the focus among the words that are laid out; answers whether the key is one that does. */
function focusNext(code: HTMLElement, word: number, key: string): boolean {
  const shown = [...code.querySelectorAll<HTMLElement>('[data-word]')]
  const places = shown.map((element) => ({
    word: Number(element.dataset['word']),
    line: Number(element.closest<HTMLElement>('[data-line]')?.dataset['line']),
  }))
  const next = nextWord(places, word, key)
  if (next === undefined) return false
  shown[next]?.focus()
  return true
}

function isShown(sections: readonly Section[], word: number): boolean {
  return sections.some(
    ({ kind, lines }) =>
      kind === 'shown' && lines.some(({ pieces }) => pieces.some((piece) => piece.word === word)),
  )
}
