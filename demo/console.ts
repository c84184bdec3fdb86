import type { AdoptedKey } from './adopt-keys.ts'
import type { Demonstration } from './demonstration.ts'
import type { EnrolmentLink } from './enrolment.ts'
import { everybody } from './organisation.ts'

/** Everything that the demonstration says to the person at the keyboard. */

type Line = readonly string[]

export function greeting(demo: Demonstration, logs: string): string {
  const { config, isolated } = demo.installation
  const { web, db } = demo.targets
  return text([
    [],
    ['Chaperone, a demonstration. Nothing here is for real work.'],
    [],
    ['  App      ', config.app.origin],
    ['  Desk     ', config.desk.origin, '   opens beside the review screen; decisions are signed there'],
    ['  web-1    ', `${web.account}@${web.address}:${web.port}`, '   one escort allows a step'],
    ['  db-1     ', `${db.account}@${db.address}:${db.port}`, '   two escorts allow a step'],
    ['  Data     ', demo.folder],
    ['  Logs     ', logs],
    [
      '  Isolation ',
      isolated
        ? 'every process has an account of its own'
        : 'not isolated: not started as root, so all processes share your account',
    ],
  ])
}

export function people(links: readonly EnrolmentLink[]): string {
  const rows = everybody.flatMap((member): Line[] => {
    const link = links.find((candidate) => candidate.member === member)
    return [
      [],
      ['  ', member.name.padEnd(16), `${member.roles.join(', ')}: ${member.can}`],
      ['  ', ''.padEnd(16), link?.url ?? 'has enrolled; sign in at the app'],
    ]
  })
  return text([
    [],
    ['People. Each link works once, for a day; use a browser profile for each person.'],
    ...rows,
  ])
}

export function officersNote(demo: Demonstration): string {
  return text([
    [],
    [
      `The officers’ deciding keys are software keys in ${demo.folder}/demo/keys. The demonstration signs with`,
    ],
    [
      'them: it adopts each deciding key that is collected, after printing its fingerprint here. A real officer',
    ],
    ['compares it with the one on the holder’s screen first.'],
  ])
}

export function seeded(): string {
  return text([
    [],
    ['Two sample orders are waiting: a routine one for web-1, and one for db-1 with a question.'],
  ])
}

export function adopted({ name, fingerprint, version }: AdoptedKey): string {
  return text([[`  ${name} can decide now: ${fingerprint}, adopted by both officers in roster ${version}`]])
}

export function running(): string {
  return text([[], ['Running. Ctrl-C stops everything that was started here; the data stays.'], []])
}

function text(lines: readonly Line[]): string {
  return lines.map((line) => `${line.join('')}\n`).join('')
}
