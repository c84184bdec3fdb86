import type { Instant } from '@chaperone/encoding'
import type { FactKind, PersonFacts } from './facts.ts'

/** A change to what is recorded of a person: the whole of one kind, or null when it was taken back. */
export type FactChange = {
  readonly [K in FactKind]-?: {
    readonly at: Instant
    readonly kind: K
    readonly recorded: NonNullable<PersonFacts[K]> | null
  }
}[FactKind]

/**
 * What was on record of a person at `then`, from changes in the order in which they were recorded. With `factsAt` of the
 * same moment: what was true as far as was known then, whatever was learnt later.
 */
export function recordedAt(history: readonly FactChange[], then: Instant): PersonFacts {
  const recorded = new Map<FactKind, unknown>()
  for (const change of history) {
    if (change.at > then) continue
    if (change.recorded === null) recorded.delete(change.kind)
    else recorded.set(change.kind, change.recorded)
  }
  // Each change pairs a kind with what that kind holds.
  return Object.fromEntries(recorded) as PersonFacts
}
