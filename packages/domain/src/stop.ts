import type { Digest, Instant, PersonId, TargetId } from '@chaperone/encoding'
import { findTarget, type Roster } from './roster.ts'
import type { StopScope } from './statement.ts'

/** A stop order in force: an officer's switch (S-3). */
export interface Stop {
  readonly stop: Digest
  readonly scope: StopScope
  readonly value: string
  readonly expires: Instant | 'never'
}

/** Whom and what a piece of work involves, as far as it is known here. */
export interface Involved {
  readonly people: readonly PersonId[]
  readonly targets: readonly TargetId[]
  readonly regimes: readonly string[]
}

/** Who and what some steps of an order involve. */
export function involvedIn(
  steps: readonly { readonly target: TargetId }[],
  people: readonly PersonId[],
  roster: Roster,
): Involved {
  const targets = [...new Set(steps.map((step) => step.target))]
  const regimes = targets.map((target) => findTarget(roster, target)?.regime ?? 'unknown')
  return { people, targets, regimes }
}

/**
 * The first stop that hits this work. A scope that cannot be judged from what is known (employer, citizenship,
 * origin, location) hits everything: unknown is not yes.
 */
export function stopHitting(stops: readonly Stop[], involved: Involved, at: Instant): Stop | undefined {
  return stops.find((stop) => (stop.expires === 'never' || at < stop.expires) && hits(stop, involved))
}

function hits(stop: Stop, involved: Involved): boolean {
  switch (stop.scope) {
    case 'person':
      return involved.people.includes(stop.value)
    case 'pair':
      return stop.value.split('+').every((person) => involved.people.includes(person))
    case 'target':
      return involved.targets.includes(stop.value)
    case 'regime':
      return involved.regimes.includes(stop.value)
    default:
      return true
  }
}
