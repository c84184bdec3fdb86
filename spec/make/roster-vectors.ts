import { canonicalBytes, fromUtf8, keyIdOf, toBase64, toHex, utf8, type Json } from '@chaperone/encoding'
import {
  namespaceOf,
  noRoster,
  printStatement,
  rosterDigest,
  type Roster,
  type SignedStatement,
  type Statement,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { armorSignature, sshString, toBeSigned, concat } from '@chaperone/encoding'
import { printVerifierKey, verifierKey } from '@chaperone/tlog'
import { ed25519Key, type VectorKey } from './keys.ts'

const { sha256, sha512 } = nodeCrypto
const [issued, until] = ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z']

const people: readonly (readonly [string, Roster['people'][number]['roles'][number]])[] = [
  ['p-technician', 'technician'],
  ['p-escortone', 'escort'],
  ['p-officerone', 'officer'],
  ['p-officertwo', 'officer'],
]

/** A roster whose keys are all vector keys. */
export function vectorRoster(): Roster {
  const origin = 'log.example/orders'
  return {
    format: 'chaperone-roster/v1',
    organisation: 'example',
    version: 1,
    previous: noRoster,
    issued,
    expires: until,
    policy: toHex(sha256(utf8('policy'))),
    log: { origin, key: printVerifierKey(verifierKey(origin, 1, ed25519Key('log').point, sha256)) },
    signer: { key: printVerifierKey(verifierKey(`${origin}/signer`, 4, ed25519Key('signer').point, sha256)) },
    witnesses: { keys: [], needed: 0 },
    authorities: [toBase64(ed25519Key('authority').blob)],
    people: people.map(([person, role]) => ({
      person,
      roles: [role],
      regimes: ['open'],
      until,
      keys: [held(ed25519Key(person))],
    })),
    targets: [
      {
        target: 'web-1',
        regime: 'open',
        address: '127.0.0.1',
        port: 22,
        hostKeys: [toBase64(ed25519Key('host').blob)],
        hostAuthorities: [],
        accounts: ['ops'],
        interpreters: ['bash'],
        sourceAddress: null,
        quorum: 1,
        keyClasses: ['software'],
        maxSeconds: 3600,
      },
    ],
    revoked: [],
  }
}

function held(key: VectorKey): Roster['people'][number]['keys'][number] {
  return {
    key: keyIdOf(key.blob, sha256),
    blob: toBase64(key.blob),
    class: 'software',
    from: issued,
    until,
    origins: [],
  }
}

/** A statement signed with the vector key of that name. */
export function vectorSigned(person: string, statement: Statement): SignedStatement {
  const key = ed25519Key(person)
  const bytes = printStatement(statement)
  const namespace = namespaceOf(statement.kind)
  const raw = key.sign(toBeSigned(namespace, bytes, sha512))
  const blob = concat(sshString('ssh-ed25519'), sshString(raw))
  return { text: fromUtf8(bytes) ?? '', signature: armorSignature(key.blob, namespace, blob) }
}

export function vectorAdoptions(roster: Roster, officers: readonly string[]): readonly SignedStatement[] {
  const digest = rosterDigest(canonicalBytes(roster as unknown as Json), sha256)
  const { version, previous } = roster
  return officers.map((officer) =>
    vectorSigned(officer, { kind: 'adopt', subject: 'roster', version, digest, previous, officer, issued }),
  )
}

/** spec/roster.md. */
export function rosterVectors(): Json {
  const roster = vectorRoster()
  const bytes = canonicalBytes(roster as unknown as Json)
  const digest = rosterDigest(bytes, sha256)
  const [person] = roster.people
  const [target] = roster.targets
  const [key] = person?.keys ?? []
  const two = ['p-officerone', 'p-officertwo']
  const next = { ...roster, version: 2, previous: digest }
  const spelt = (changed: unknown) => fromUtf8(canonicalBytes(changed as Json)) ?? ''
  const withPerson = (change: object) => ({
    ...roster,
    people: [{ ...person, ...change }, ...roster.people.slice(1)],
  })
  const withTarget = (change: object) => ({ ...roster, targets: [{ ...target, ...change }] })
  const withKey = (change: object) => withPerson({ keys: [{ ...key, ...change }] })
  const dropped = Object.keys(roster).map((member) => ({
    why: `without ${member}`,
    at: member,
    text: spelt({ ...roster, [member]: undefined }),
  }))
  const malformed = [
    ['another format', 'format', { ...roster, format: 'chaperone-roster/v2' }],
    ['an unknown member', '', { ...roster, more: 1 }],
    ['version 0', 'version', { ...roster, version: 0 }],
    ['a day that is none', 'expires', { ...roster, expires: '2027-02-29T00:00:00Z' }],
    ['a person by name', 'people.0.person', withPerson({ person: 'Ada' })],
    ['an unknown role', 'people.0.roles.0', withPerson({ roles: ['root'] })],
    ['an unknown key class', 'people.0.keys.0.class', withKey({ class: 'rsa' })],
    ['a key id that is none', 'people.0.keys.0.key', withKey({ key: 'SHA256:x' })],
    ['an account that a shell would read', 'targets.0.accounts.0', withTarget({ accounts: ['$(id)'] })],
    ['no account', 'targets.0.accounts', withTarget({ accounts: [] })],
    ['a quorum of nobody', 'targets.0.quorum', withTarget({ quorum: 0 })],
    ['a quorum of six', 'targets.0.quorum', withTarget({ quorum: 6 })],
    ['a port that is none', 'targets.0.port', withTarget({ port: 65_536 })],
    ['an unknown interpreter', 'targets.0.interpreters.0', withTarget({ interpreters: ['sh'] })],
  ] as const
  const twice = [
    ['a person twice', 'p-technician', { ...roster, people: [person, ...roster.people] }],
    [
      'a key of two people',
      key?.key ?? '',
      { ...roster, people: roster.people.map((one) => ({ ...one, keys: [key] })) },
    ],
    ['a target twice', 'web-1', { ...roster, targets: [target, target] }],
  ] as const
  const adoption = (
    why: string,
    code: string | null,
    given: Roster,
    adoptions: readonly SignedStatement[],
    current: boolean,
    at = '2026-06-01T00:00:00Z',
  ) => ({
    why,
    code,
    at,
    current: current ? 1 : null,
    roster: spelt(given),
    adoptions,
  })
  const policy = vectorSigned('p-officerone', {
    kind: 'adopt',
    subject: 'policy',
    version: 1,
    digest,
    previous: noRoster,
    officer: 'p-officerone',
    issued,
  })
  return {
    valid: [{ text: spelt(roster), digest }],
    malformed: [
      { why: 'not canonical', at: 'json-not-canonical', text: ` ${spelt(roster)}` },
      { why: 'no JSON', at: 'json-malformed', text: 'x' },
      ...dropped,
      ...malformed.map(([why, at, changed]) => ({ why, at, text: spelt(changed) })),
    ],
    duplicate: twice.map(([why, at, changed]) => ({ why, at, text: spelt(changed) })),
    adoptions: [
      adoption('version 1 by its own officers', null, roster, vectorAdoptions(roster, two), false),
      adoption('version 2 by two officers of version 1', null, next, vectorAdoptions(next, two), true),
      adoption('by one officer', 'adoption-needs-two', next, vectorAdoptions(next, ['p-officerone']), true),
      adoption(
        'by one officer twice',
        'adoption-needs-two',
        next,
        vectorAdoptions(next, ['p-officerone', 'p-officerone']),
        true,
      ),
      adoption(
        'of another roster',
        'adoption-not-for-this',
        { ...next, organisation: 'other' },
        vectorAdoptions(next, two),
        true,
      ),
      adoption('of a policy', 'adoption-not-for-this', roster, [policy, policy], false),
      adoption(
        'version 3 after 1',
        'roster-not-next',
        { ...next, version: 3 },
        vectorAdoptions({ ...next, version: 3 }, two),
        true,
      ),
      adoption(
        'after another roster',
        'roster-not-next',
        { ...next, previous: noRoster },
        vectorAdoptions({ ...next, previous: noRoster }, two),
        true,
      ),
      adoption('expired', 'roster-expired', next, vectorAdoptions(next, two), true, until),
    ],
  } as unknown as Json
}
