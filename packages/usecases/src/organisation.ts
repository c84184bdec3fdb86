import { equalBytes, Fault, invariant, type PersonId } from '@chaperone/encoding'
import { parseRoster, type Context, type Roster } from '@chaperone/domain'
import type { Office } from './office.ts'

/** What is in force now: the context of a decision. Fault `roster-missing` before the first roster. */
export async function contextNow(office: Office): Promise<Context> {
  const { reader, crypto, clock } = office
  const [latest, stops] = await Promise.all([reader.latestRoster(), reader.stops()])
  if (latest === undefined)
    throw new Fault('roster-missing', 'no roster has been adopted', { retryable: true })
  return { at: clock.now(), roster: parsed(latest.version, latest.roster.bytes), stops, crypto }
}

// A roster's bytes never change under its version: parsing 2,000 people once is enough.
let last: { readonly version: number; readonly bytes: Uint8Array; readonly roster: Roster } | undefined

function parsed(version: number, bytes: Uint8Array): Roster {
  if (last?.version === version && equalBytes(last.bytes, bytes)) return last.roster
  const roster = parseRoster(bytes)
  invariant(roster.ok, 'a roster in force parses')
  last = { version, bytes, roster: roster.value }
  return roster.value
}

/** A person's name, or their id where no name is kept. */
export function nameIn(names: ReadonlyMap<PersonId, string>, person: PersonId): string {
  return names.get(person) ?? person
}
