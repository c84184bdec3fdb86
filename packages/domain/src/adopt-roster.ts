import { err, ok, type Crypto, type Instant, type PersonId, type Result } from '@chaperone/encoding'
import { noRoster, parseRoster, rosterDigest, type Roster, type RosterRefusal } from './roster.ts'
import { checkStatement, type SignedStatement, type SignerRefusal } from './signed-statement.ts'

export type AdoptionRefusal =
  | RosterRefusal
  | SignerRefusal
  | { readonly code: 'roster-not-next'; readonly version: number; readonly expected: number }
  | { readonly code: 'roster-expired'; readonly expires: Instant }
  | { readonly code: 'adoption-not-for-this'; readonly field: string }
  | { readonly code: 'adoption-needs-two'; readonly officers: readonly PersonId[] }

/** A roster's canonical bytes with the `adopt` statements of two officers. */
export interface SignedRoster {
  readonly bytes: Uint8Array
  readonly adoptions: readonly SignedStatement[]
}

export const officersNeeded = 2

/**
 * Decides whether a roster takes force after `current`. Version 1 is signed by its own officers and counts
 * because the trust root names its digest; every later one is signed by two officers of the one before.
 */
export function adoptRoster(
  signed: SignedRoster,
  current: Roster | undefined,
  currentDigest: string,
  at: Instant,
  crypto: Crypto,
): Result<Roster, AdoptionRefusal> {
  const parsed = parseRoster(signed.bytes)
  if (!parsed.ok) return parsed
  const next = parsed.value
  const expected = (current?.version ?? 0) + 1
  const previous = current === undefined ? noRoster : currentDigest
  if (next.version !== expected || next.previous !== previous) {
    return err({ code: 'roster-not-next', version: next.version, expected })
  }
  if (next.expires <= at) return err({ code: 'roster-expired', expires: next.expires })
  const digest = rosterDigest(signed.bytes, crypto.sha256)
  const officers = new Set<PersonId>()
  for (const adoption of signed.adoptions) {
    const checked = checkStatement(adoption, current ?? next, at, crypto)
    if (!checked.ok) return checked
    const { statement } = checked.value
    if (statement.kind !== 'adopt') return err({ code: 'adoption-not-for-this', field: 'kind' })
    if (statement.subject !== 'roster') return err({ code: 'adoption-not-for-this', field: 'subject' })
    if (statement.version !== next.version) return err({ code: 'adoption-not-for-this', field: 'version' })
    if (statement.digest !== digest) return err({ code: 'adoption-not-for-this', field: 'digest' })
    if (statement.previous !== previous) return err({ code: 'adoption-not-for-this', field: 'previous' })
    officers.add(checked.value.person)
  }
  return officers.size >= officersNeeded
    ? ok(next)
    : err({ code: 'adoption-needs-two', officers: [...officers] })
}
