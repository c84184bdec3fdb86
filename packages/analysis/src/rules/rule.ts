import type { Span } from '@chaperone/shell'
import type { Level } from '../analysis.ts'
import type { DerivedEffect, Facts } from '../effects/derived-effect.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { baseName } from '../evaluate/paths.ts'
import { textOf } from '../evaluate/value.ts'

/** Where a rule holds, in a sentence for an escort. */
export interface Match {
  readonly message: string
  readonly span: Span
}

/**
 * A judgement over effects, targets and data flow; never over the look of the text or a name alone. `fires` and
 * `silent` are tests.
 */
export interface Rule {
  readonly id: string
  readonly level: Level
  /** Why it is worth stopping for, for the one who maintains it. */
  readonly why: string
  /** ATT&CK. */
  readonly techniques: readonly string[]
  /** Without any of these in a step the rule has nothing to look at. */
  readonly needs?: { readonly effects: readonly string[] } | { readonly programs: readonly string[] }
  readonly find: (facts: Facts) => readonly Match[]
  readonly fires: readonly string[]
  readonly silent: readonly string[]
}

// Every rule asks for the words of every command: they are put together once.
const words = new WeakMap<ResolvedCommand, readonly string[]>()

export function wordsOf(command: ResolvedCommand): readonly string[] {
  const cached = words.get(command)
  if (cached !== undefined) return cached
  const made = command.fields.map((field) => textOf(field.value) ?? '')
  words.set(command, made)
  return made
}

export const programOf = (command: ResolvedCommand): string => baseName(wordsOf(command)[0] ?? '')

export const by = (facts: Facts, effect: DerivedEffect): ResolvedCommand =>
  facts.commands[effect.by] as ResolvedCommand // effects are derived from these commands

/** Each effect that fits, once a place. */
export function eachEffect(
  facts: Facts,
  fits: (effect: DerivedEffect, command: ResolvedCommand) => boolean,
  message: (effect: DerivedEffect, command: ResolvedCommand) => string,
): readonly Match[] {
  const matches: Match[] = []
  for (const effect of facts.effects) {
    const command = by(facts, effect)
    if (fits(effect, command)) matches.push({ message: message(effect, command), span: effect.span })
  }
  return matches
}

export function eachCommand(
  facts: Facts,
  fits: (command: ResolvedCommand, index: number) => boolean,
  message: (command: ResolvedCommand) => string,
): readonly Match[] {
  const matches: Match[] = []
  facts.commands.forEach((command, i) => {
    if (fits(command, i)) matches.push({ message: message(command), span: command.span })
  })
  return matches
}
