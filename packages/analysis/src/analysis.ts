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
  readonly words: { readonly total: number; readonly explained: number }
  readonly opaque: readonly Opaque[]
}

export type Level = 'routine' | 'notable' | 'high-impact' | 'stop' | 'opaque'

/** UTF-16 offsets into the command's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface AnalysedCommand {
  /** `null` is a word whose value is not known. */
  readonly argv: readonly (string | null)[]
  readonly span: Span
  readonly explanation: string
}

export interface Effect {
  readonly type: string
  readonly place: string
  readonly span: Span
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

export function analysisJson(analysis: Analysis): Json {
  return analysis as unknown as Json // strings, integers and arrays of them
}
