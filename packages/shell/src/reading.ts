import type { ParsedScript, ParseError } from 'unbash'
import type { Script, Span, SyntaxError } from './tree.ts'

/**
 * What goes with one reading of a text: where its offsets stand in the whole text, how deep it is, and what is wrong.
 */
export interface Reading {
  /** The text that the foreign tree's offsets index. */
  readonly text: string
  readonly offset: number
  /** The text was decoded on the way (escaped backticks): every span is the place where it stands. */
  readonly fixed: Span | undefined
  readonly depth: number
  readonly errors: SyntaxError[]
  readonly limits: { readonly braceWords: number }
  /** Converts a nested script; passed in, since scripts hold words and words hold scripts. */
  readonly script: (script: ParsedScript, reading: Reading) => Script
}

export function spanOf(node: { readonly pos: number; readonly end: number }, reading: Reading): Span {
  if (reading.fixed !== undefined) return reading.fixed
  // The parser counts a closing brace or quote that the text does not have.
  const { length } = reading.text
  return {
    start: Math.min(node.pos, length) + reading.offset,
    end: Math.min(node.end, length) + reading.offset,
  }
}

export function report(error: ParseError, reading: Reading): void {
  const span = spanOf({ pos: error.pos, end: Math.max(error.pos, reading.text.length) }, reading)
  reading.errors.push({ kind: 'syntax', message: error.message, span })
}
