import type { Instant } from '@chaperone/encoding'
import type { Cedar } from './cedar.ts'
import { decide, type Decision } from './decide.ts'
import { policyGrid, type GridPoint } from './grid.ts'
import type { PolicyCase } from './policy-case.ts'
import type { Policies, PolicySet } from './policy-set.ts'

/** One thing that one set of policies permits and the other does not. */
export interface Change {
  readonly regime: string
  readonly action: string
  readonly person: string
  readonly target: string
  readonly now: 'may' | 'may-not'
  /** The reasons of the set that forbids. */
  readonly forbids: Decision['reasons']
}

export interface Comparison {
  /** How many questions were put to both sets. */
  readonly asked: number
  readonly changes: readonly Change[]
}

/**
 * Who newly may and who no longer may: every point of the grid of each regime that differs. A grid is no proof: a rule on
 * something that no point of it varies is not seen, so recorded cases should be compared too.
 */
export function compareOnGrid(cedar: Cedar, from: Policies, to: Policies, now: Instant): Comparison {
  const names = [...new Set([...from.regimes.keys(), ...to.regimes.keys()])].sort()
  const differing = names.filter((name) => from.regimes.get(name)?.digest !== to.regimes.get(name)?.digest)
  return comparePoints(cedar, from, to, flatten(differing, now))
}

/** The same over cases that somebody recorded. */
export function compareCases(
  cedar: Cedar,
  from: Policies,
  to: Policies,
  cases: readonly PolicyCase[],
): Comparison {
  return comparePoints(
    cedar,
    from,
    to,
    cases.map((asked) => ({ asked, person: asked.person.id, target: asked.target.id })),
  )
}

function* flatten(regimes: readonly string[], now: Instant): Generator<GridPoint> {
  for (const regime of regimes) yield* policyGrid(regime, now)
}

function comparePoints(cedar: Cedar, from: Policies, to: Policies, points: Iterable<GridPoint>): Comparison {
  const changes: Change[] = []
  let asked = 0
  for (const point of points) {
    asked++
    const { regime, action } = point.asked
    const before = decideUnder(cedar, from.regimes.get(regime), point.asked)
    const after = decideUnder(cedar, to.regimes.get(regime), point.asked)
    if (before.decision === after.decision) continue
    const now = after.decision === 'permit' ? 'may' : 'may-not'
    const forbids = now === 'may' ? before.reasons : after.reasons
    changes.push({ regime, action, person: point.person, target: point.target, now, forbids })
  }
  return { asked, changes }
}

function decideUnder(cedar: Cedar, set: PolicySet | undefined, asked: PolicyCase): Decision {
  if (set !== undefined) return decide(cedar, set, asked)
  return {
    decision: 'forbid',
    reasons: [{ id: 'regime-unknown', requirement: 'E-3', text: 'The regime is not known.' }],
  }
}
