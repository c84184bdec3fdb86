import type { Hook } from './hooks/index.ts'
import type { EffectType, LevelFloor, Mode, ParseRules, Role, ValueRule } from './shape.ts'

/** A piece of a sentence or place: text as it is, or what some word says. */
export type Piece = string | { readonly ref: string; readonly otherwise: string }

export interface Template {
  readonly type: EffectType
  readonly place: readonly Piece[]
}

export interface Rule extends Omit<ValueRule, 'effects'> {
  readonly effects: readonly Template[]
}

/** An argument: `command` up to `;` or `+` when it is `until`. */
export interface Argument {
  readonly role: Role
  readonly until: boolean
}

export interface Option {
  readonly names: readonly string[]
  readonly text: string
  readonly args: readonly Argument[]
  readonly optional: boolean
  readonly effects: readonly Template[]
  readonly when: readonly Rule[]
  readonly level: LevelFloor | undefined
  readonly query: boolean
  readonly simulates: boolean
  readonly fill: boolean
}

export interface Operand {
  readonly role: Role
  readonly many: boolean
  readonly needed: boolean
  readonly text: string
  readonly effects: readonly Template[]
  readonly when: readonly Rule[]
}

export interface ScopeMode extends Omit<Mode, 'operands' | 'effects' | 'summary'> {
  readonly summary: readonly Piece[] | undefined
  readonly operands: readonly Operand[] | undefined
  readonly effects: readonly Template[]
}

/** A command or a sub-command, with what it takes from those around it. */
export interface Scope {
  readonly name: string
  readonly summary: readonly Piece[]
  readonly parse: ParseRules
  readonly options: ReadonlyMap<string, Option>
  /** Options that are known by how they begin: `-*`, `+*`, `-#`, `*=`. */
  readonly open: ReadonlyMap<string, Option>
  readonly around: Scope | undefined
  readonly operands: readonly Operand[]
  readonly effects: readonly Template[]
  readonly modes: readonly ScopeMode[]
  readonly level: LevelFloor | undefined
  readonly subcommands: SubCommands | undefined
  readonly stdin: string | undefined
  readonly input: 'append' | 'fill' | undefined
  readonly elsewhere: readonly Piece[] | undefined
  readonly as: readonly Piece[] | undefined
  readonly language: string
  readonly hook: Hook | undefined
}

export interface SubCommands {
  readonly exact: ReadonlyMap<string, () => Scope>
  /** `describe-*`, in the order written; `*` is the last. */
  readonly begins: readonly (readonly [start: string, scope: () => Scope])[]
}
