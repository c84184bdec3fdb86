import { adoptCollectedKeys } from '../../adopt-keys.ts'
import { enrolmentLinks } from '../../enrolment.ts'
import { cast, type CastName } from '../../organisation.ts'
import { enrol, type Participant } from '../participant.ts'
import type { People, Story } from '../story.ts'

/** Everybody follows a one-time link; deciding keys count when both officers have adopted them. */
export async function enrolPeople({ tell, demo, desk }: Omit<Story, 'people'>): Promise<People> {
  tell.stage('People enrol: one-time links, passkeys, two officers adopt what decides')
  const links = await enrolmentLinks(demo)
  async function follow(name: CastName): Promise<Participant> {
    const member = cast[name]
    const link = links.find((candidate) => candidate.member.person === member.person)
    const participant = await enrol(member, link?.url ?? '', demo.gateway, desk)
    tell.show(member.name, participant.fingerprint ?? 'a passkey to sign in with')
    return participant
  }
  const people = {
    technician: await follow('technician'),
    escort: await follow('escort'),
    secondEscort: await follow('secondEscort'),
    auditor: await follow('auditor'),
    officer: await demo.signIn(cast.officer.person),
    secondOfficer: await demo.signIn(cast.secondOfficer.person),
  }
  const adopted = await adoptCollectedKeys(demo, people.officer)
  for (const { name, version } of adopted)
    tell.show(`roster ${version}`, `${name}’s key, adopted by both officers`)
  const deciding = [people.escort, people.secondEscort].map(({ fingerprint }) => fingerprint)
  tell.expect(
    'the keys in the roster are those that the desk showed',
    deciding.every((key) => adopted.some(({ fingerprint }) => fingerprint === key)),
  )
  const again = await demo.anybody.ask('enrolmentOptions', {
    body: { token: links[0]?.url.slice(-43) ?? '' },
  })
  tell.refused(
    'a link that was used is used again',
    'gateway',
    again.ok ? undefined : again.error.code,
    'enrolment-invalid',
  )
  return people
}
