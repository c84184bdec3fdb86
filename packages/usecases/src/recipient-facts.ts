import {
  canonicalBytes,
  commit,
  toHex,
  type Instant,
  type Json,
  type OrderId,
  type PersonId,
} from '@chaperone/encoding'
import { findPerson, type Roster } from '@chaperone/domain'
import type { Office } from './office.ts'
import type { Opening } from './records.ts'

/**
 * What is known of a recipient at the moment of a disclosure (O-4), as a commitment. Affiliation and place are not
 * recorded by this release; saying so is part of the record.
 */
export function recipientFacts(
  office: Office,
  order: OrderId,
  person: PersonId,
  roster: Roster,
  at: Instant,
): Opening {
  const known = findPerson(roster, person)
  const facts: Json = {
    person,
    roles: known?.roles ?? [],
    until: known?.until ?? null,
    roster: roster.version,
    affiliation: 'not recorded',
    place: 'not recorded',
    at,
  }
  const salt = office.random(32)
  const value = canonicalBytes(facts)
  const commitment = toHex(commit('recipient-facts', salt, value, office.crypto.sha256))
  return { commitment, order, kind: 'recipient-facts', salt: toHex(salt), value }
}
