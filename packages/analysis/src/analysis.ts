import type { Json } from '@chaperone/encoding'

/** What can be said about a command from its text. It explains and warns; it never decides (C-4). */
export interface Analysis {
  /** Which engine and which command knowledge said so. */
  readonly engine: string
  readonly knowledge: string
  readonly level: Level
  /** One sentence for the whole. */
  readonly summary: string
  readonly commands: readonly AnalysedCommand[]
  readonly effects: readonly Effect[]
  readonly findings: readonly Finding[]
  /** How many words there are, how many are explained, and what each one is. */
  readonly words: { readonly total: number; readonly explained: number }
  readonly explained: readonly ExplainedWord[]
  readonly opaque: readonly Opaque[]
  /** Text that the step carries or decodes and then runs, in the order in which it comes about. */
  readonly layers: readonly CarriedText[]
  /** What is not known, and what would make it known. */
  readonly unknown: readonly Unknown[]
  /** Effects outside of what the order declared. */
  readonly undeclared: readonly Effect[]
  /** What is asked before the summary is shown, from `high-impact` up. */
  readonly questions: readonly Question[]
}

export type Level = 'routine' | 'notable' | 'high-impact' | 'stop' | 'opaque'

/** UTF-16 offsets into the command's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface AnalysedCommand {
  /** What really runs; `null` is a word whose value is not known. */
  readonly argv: readonly (string | null)[]
  /** The words as they are typed, when they differ. */
  readonly typed: readonly string[] | null
  readonly span: Span
  readonly explanation: string
  /** Through what it is run: `sudo`, `ssh on web2`. */
  readonly via: readonly string[]
  /** The carried text that it stands in, counted from 1; 0 is the step itself. */
  readonly layer: number
}

export interface ExplainedWord {
  readonly span: Span
  readonly text: string
  readonly role: string
  /** Empty when it is not known what the word is. */
  readonly explanation: string
}

export interface Effect {
  readonly type: string
  readonly place: string
  readonly span: Span
  readonly group: 'reads' | 'changes' | 'sends' | 'runs'
  readonly argv: readonly (string | null)[]
}

export interface Finding {
  readonly rule: string
  readonly level: Level
  readonly message: string
  readonly techniques: readonly string[]
  readonly span: Span
}

/** A part that cannot be known; not an accusation. */
export interface Opaque {
  readonly reason: string
  readonly span: Span
}

export interface CarriedText {
  readonly text: string
  readonly language: string
  readonly how: string
  readonly span: Span
  /** The layer that carries it; 0 is the step itself. */
  readonly parent: number
}

export interface Unknown {
  readonly what: string
  readonly remedy: string
  readonly span: Span
}

export interface Question {
  readonly ask: 'what-changes' | 'what-is-interrupted'
  readonly text: string
  readonly choices: readonly string[]
  /** Indexes of the choices that the derived effects say are right. */
  readonly right: readonly number[]
}

/** An effect that the work order states. */
export interface Declared {
  readonly effect: string
  readonly place: string
}

export function analysisJson(analysis: Analysis): Json {
  return analysis as unknown as Json // strings, integers, nulls and arrays of them
}
