import type { Script, Span, Command, Statement } from '@chaperone/shell'
import type { Classified } from '../knowledge/shape.ts'
import type { Scope } from './scope.ts'
import type { Flow, Value } from './value.ts'

/** A reached cap is opaque: nobody may call what was left out harmless. */
export const caps = {
  fields: 1024,
  layers: 12,
  steps: 5000,
  decoded: 1024 * 1024,
  calls: 20,
  unroll: 16,
} as const

/** A word after expansion. */
export interface Field {
  readonly value: Value
  /** Where it stands in the step, and how it was written there. */
  readonly span: Span
  readonly typed: string
  /** It may be no word, or several. */
  readonly loose: boolean
}

/** Text that runs: the step's own is layer 0, further ones were carried or decoded. */
export interface Layer {
  readonly text: string
  readonly language: string
  /** How it came about, in a few words. */
  readonly how: string
  /** The part of the step that carries it. */
  readonly span: Span
  readonly parent: number
}

/** A part that cannot be known; not an accusation. */
export interface OpaquePart {
  readonly reason: string
  readonly span: Span
  /** What it is about: a path, a program, a language. */
  readonly about: string
}

export interface ResolvedRedirect {
  readonly operator: string
  readonly descriptor: number | string | undefined
  readonly target: Value
  readonly span: Span
}

/** Where a command's output goes. */
export type Sink = 'shown' | 'pipe' | 'captured' | 'file' | 'nowhere' | 'network'

/** Something that a piece of code or a shell feature does without a program of its own. */
export interface Act {
  readonly type: string
  readonly place: Value
  readonly flows: readonly Flow[]
}

export interface ResolvedCommand {
  readonly fields: readonly Field[]
  readonly span: Span
  readonly layer: number
  /** The programs through which it is run, outermost first. */
  readonly via: readonly string[]
  readonly cwd: Value
  readonly assignments: readonly { readonly name: string; readonly value: Value; readonly span: Span }[]
  readonly redirects: readonly ResolvedRedirect[]
  readonly stdin: Value | undefined
  readonly sink: Sink
  /** Where the sink is: a path or an address. */
  readonly sinkPlace: Value | undefined
  readonly conditional: boolean
  readonly looped: boolean
  readonly background: boolean
  readonly classified: Classified
  readonly acts: readonly Act[]
  /** Its stdin, stdout and words together: what it may pass on. */
  readonly flows: readonly Flow[]
  /** A function of the step, not a program. */
  readonly local: boolean
}

/** The circumstances of what is run. */
export interface Io {
  readonly stdin: Value | undefined
  readonly sink: Sink
  readonly sinkPlace: Value | undefined
  readonly layer: number
  readonly span: Span | undefined
  readonly via: readonly string[]
  readonly conditional: boolean
  readonly looped: boolean
  readonly background: boolean
}

export interface Machine {
  readonly commands: ResolvedCommand[]
  readonly opaque: OpaquePart[]
  readonly layers: Layer[]
  readonly budget: { steps: number; fields: number; decoded: number }
  /** Scripts hold commands and commands run scripts: the loop is closed here, not by imports. */
  readonly runScript: (machine: Machine, script: Script, scope: Scope, io: Io) => Value
  readonly runStatements: (machine: Machine, statements: readonly Statement[], scope: Scope, io: Io) => Value
  readonly runCommand: (machine: Machine, command: Command, scope: Scope, io: Io) => Value
  readonly runFields: (machine: Machine, fields: readonly Field[], scope: Scope, io: Io) => Value
  readonly runCode: (machine: Machine, code: Code, scope: Scope, io: Io) => Value
}

/** Text to run in a shell of its own, or in this one. */
export interface Code {
  readonly language: string
  readonly text: Value
  readonly how: string
  readonly span: Span
  /** `eval` and `source` change the shell that runs them. */
  readonly inPlace: boolean
  readonly positional: readonly Value[] | undefined
}

export function cannotKnow(machine: Machine, reason: string, span: Span, about = ''): void {
  const same = machine.opaque.some(
    (one) => one.reason === reason && one.span.start === span.start && one.about === about,
  )
  if (!same && machine.opaque.length < 200) machine.opaque.push({ reason, span, about })
}

/** Counts a step; false when there are no more. */
export function step(machine: Machine, span: Span): boolean {
  machine.budget.steps -= 1
  if (machine.budget.steps >= 0) return true
  cannotKnow(machine, 'too-much-to-follow', span)
  return false
}

/** Inside a carried text every span is the place in the step that carries it. */
export const placeOf = (span: Span, io: Io): Span => io.span ?? span
