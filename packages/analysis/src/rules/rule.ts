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
  readonly find: (facts: Facts) => readonly Match[]
  readonly fires: readonly string[]
  readonly silent: readonly string[]
}

export const wordsOf = (command: ResolvedCommand): readonly string[] =>
  command.fields.map((field) => textOf(field.value) ?? '')

export const programOf = (command: ResolvedCommand): string => baseName(wordsOf(command)[0] ?? '')

export const by = (facts: Facts, effect: DerivedEffect): ResolvedCommand =>
  facts.commands[effect.by] as ResolvedCommand // effects are derived from these commands

/** Each effect that fits, once a place. */
export function eachEffect(
  facts: Facts,
  fits: (effect: DerivedEffect, command: ResolvedCommand) => boolean,
  message: (effect: DerivedEffect, command: ResolvedCommand) => string,
): readonly Match[] {
  return facts.effects.flatMap((effect) => {
    const command = by(facts, effect)
    return fits(effect, command) ? [{ message: message(effect, command), span: effect.span }] : []
  })
}

export function eachCommand(
  facts: Facts,
  fits: (command: ResolvedCommand, index: number) => boolean,
  message: (command: ResolvedCommand) => string,
): readonly Match[] {
  return facts.commands.flatMap((command, i) =>
    fits(command, i) ? [{ message: message(command), span: command.span }] : [],
  )
}
