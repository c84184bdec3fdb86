import type { PersonId } from '@chaperone/encoding'
import { rules, type RuleName } from './rules.ts'

/** Why a rule is broken: a refusal's code with its facts. */
export interface Why {
  readonly code: string
  readonly [fact: string]: unknown
}

/** Something that could not be checked. */
export interface Missing {
  readonly what: string
  readonly why: string
  /** Who withheld or erased it, where the log says so. */
  readonly by: PersonId | null
  readonly count: number
  /** The first entry that it concerns. */
  readonly entry: number | null
}

export interface Verdict {
  readonly rule: RuleName
  readonly verdict: 'proven' | 'broken' | 'unproven'
  /** How many things were checked. */
  readonly checked: number
  /** The first breach. */
  readonly first: { readonly entry: number | null; readonly why: Why } | null
  readonly missing: readonly Missing[]
}

/** Collects what the checks find, bounded whatever the log holds. */
export interface Findings {
  checked(rule: RuleName, count?: number): void
  broken(rule: RuleName, entry: number | null, why: Why): void
  missing(rule: RuleName, missing: Missing): void
  isBroken(rule: RuleName): boolean
  verdicts(left: readonly RuleName[]): readonly Verdict[]
}

const mostMissing = 100

interface Collected {
  checked: number
  first: Verdict['first']
  readonly missing: Missing[]
}

export function findings(): Findings {
  const collected = new Map<RuleName, Collected>()

  function of(rule: RuleName): Collected {
    const known = collected.get(rule)
    if (known !== undefined) return known
    const fresh: Collected = { checked: 0, first: null, missing: [] }
    collected.set(rule, fresh)
    return fresh
  }

  return {
    checked(rule, count = 1) {
      of(rule).checked += count
    },
    broken(rule, entry, why) {
      const found = of(rule)
      found.first ??= { entry, why }
    },
    missing(rule, missing) {
      const found = of(rule).missing
      const same = found.findIndex(
        (one) => one.what === missing.what && one.why === missing.why && one.by === missing.by,
      )
      if (same >= 0)
        found[same] = { ...found[same]!, count: found[same]!.count + missing.count } // findIndex found it
      else if (found.length < mostMissing) found.push(missing)
    },
    isBroken: (rule) => of(rule).first !== null,
    verdicts: (left) =>
      (Object.keys(rules) as RuleName[])
        .filter((rule) => !left.includes(rule))
        .map((rule) => judge(rule, of(rule))),
  }
}

function judge(rule: RuleName, { checked, first, missing }: Collected): Verdict {
  const verdict = first !== null ? 'broken' : missing.length > 0 ? 'unproven' : 'proven'
  return { rule, verdict, checked, first, missing }
}
