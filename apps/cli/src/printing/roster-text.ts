import type { Roster } from '@chaperone/domain'
import { facts, indent, table } from './table.ts'

/** A roster for people: who, with which keys, and what each target is. */
export function rosterText(roster: Roster): string {
  const people = roster.people.map(({ person, roles, regimes, until, keys }) => [
    person,
    roles.join(' '),
    regimes.join(' ') || '-',
    until,
    keys.map((key) => `${key.class} ${key.key}`).join(' ') || 'none',
  ])
  const targets = roster.targets.map((target) => [
    target.target,
    target.regime,
    `${target.address}:${target.port}`,
    target.accounts.join(' '),
    String(target.quorum),
    target.keyClasses.join(' '),
  ])
  return [
    facts([
      ['roster', `${roster.version} of ${roster.organisation}`],
      ['counts', `from ${roster.issued} until ${roster.expires}`],
      ['policy', roster.policy],
      ['revoked', roster.revoked.join(' ') || 'no key'],
    ]),
    'People',
    indent(table(['PERSON', 'ROLES', 'REGIMES', 'UNTIL', 'KEYS'], people)),
    'Targets',
    indent(table(['TARGET', 'REGIME', 'ADDRESS', 'ACCOUNTS', 'PEOPLE', 'KEY CLASSES'], targets)),
  ].join('\n\n')
}
