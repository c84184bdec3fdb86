import type { PersonId } from '@chaperone/encoding'
import type { Api } from './api.ts'
import type { Demonstration } from './demonstration.ts'
import { cast, everybody, type CastMember } from './organisation.ts'

export interface EnrolmentLink {
  readonly member: CastMember
  readonly url: string
}

/** A one-time link for everybody who has no key to sign in with in a browser yet. */
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

/** Who has made a passkey to sign in with, as the log tells. */
async function enrolledPeople(officer: Api): Promise<ReadonlySet<PersonId>> {
  const people = new Set<PersonId>()
  let before: number | undefined
  do {
    const { entries } = await officer.call('auditLog', {
      query: { limit: page, ...(before === undefined ? {} : { before }) },
    })
    for (const { type, event } of entries)
      if (type === 'key-collected' && event['use'] === 'sign-in') people.add(String(event['person']))
    before = entries.at(-1)?.index
  } while (before !== undefined && before > 0)
  return people
}
