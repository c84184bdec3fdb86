import type { PersonId } from '@chaperone/encoding'
import type { Api } from './api.ts'
import type { Demonstration } from './demonstration.ts'
import { cast, everybody, type CastMember } from './organisation.ts'

export interface EnrolmentLink {
  readonly member: CastMember
  readonly url: string
}

/** A one-time link for everybody who lacks a passkey that they need. */
export async function enrolmentLinks(demo: Demonstration): Promise<readonly EnrolmentLink[]> {
  const officer = await demo.signIn(cast.officer.person)
  const second = await demo.signIn(cast.secondOfficer.person)
  const enrolled = await enrolledPeople(officer)
  const links: EnrolmentLink[] = []
  for (const member of everybody.filter(({ person }) => !enrolled.has(person))) {
    // Nobody makes a link for themselves.
    const issuer = member.person === cast.officer.person ? second : officer
    const { url } = await issuer.call('issueEnrolment', { params: { person: member.person } })
    links.push({ member, url })
  }
  return links
}

const page = 500

/** Who has made the passkeys they need, as the log tells: escorts decide at the desk, officers have their own keys. */
async function enrolledPeople(officer: Api): Promise<ReadonlySet<PersonId>> {
  const uses = new Map<PersonId, Set<string>>()
  let before: number | undefined
  do {
    const query = { limit: page, ...(before === undefined ? {} : { before }) }
    const { entries } = await officer.call('auditLog', { query })
    for (const { event } of entries.filter(({ type }) => type === 'key-collected')) {
      const person = String(event['person'])
      uses.set(person, (uses.get(person) ?? new Set()).add(String(event['use'])))
    }
    before = entries.at(-1)?.index
  } while (before !== undefined && before > 0)
  const enrolled = everybody.filter(({ person, roles }) => {
    const made = uses.get(person)
    return made?.has('sign-in') === true && (made.has('decide') || !roles.includes('escort'))
  })
  return new Set(enrolled.map(({ person }) => person))
}
