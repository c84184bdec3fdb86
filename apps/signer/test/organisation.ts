import { canonicalBytes, instantOf, keyIdOf, toBase64, type Json, type PersonId } from '@chaperone/encoding'
import {
  namespaceOf,
  noRoster,
  printStatement,
  rosterDigest,
  type Roster,
  type RosterKey,
  type RosterTarget,
  type SignedRoster,
  type SignedStatement,
  type Statement,
} from '@chaperone/domain'
import { generateKey, nodeCrypto, signSshsig, type PrivateKey } from '@chaperone/node-crypto'
import { printVerifierKey, verifierKey } from '@chaperone/tlog'
import type { TrustRoot } from '../src/trust-root.ts'

/** The moment at which these tests begin. */
export const start = 1_790_000_000
export const farBack = '2020-01-01T00:00:00Z'
export const always = '2099-01-01T00:00:00Z'

export const technician = 'p-technician'
export const escort = 'p-escortone'
export const secondEscort = 'p-escorttwo'
export const officer = 'p-officerone'
export const secondOfficer = 'p-officertwo'

/** An organisation whose every key this process holds, the log's included. */
export interface Organisation {
  readonly roster: Roster
  readonly signedRoster: SignedRoster
  readonly trustRoot: TrustRoot & { readonly format: string; readonly organisation: string }
  readonly log: PrivateKey
  readonly cosigner: PrivateKey
  /** The cosigner's, as it lies on disk. */
  readonly keyFile: string
  readonly hostKey: PublicKey
  keyOf(person: PersonId): PrivateKey
  sign(person: PersonId, statement: Statement): SignedStatement
  /** The next roster after `roster`, adopted by these officers. */
  nextRoster(change: Partial<Roster>, officers?: readonly PersonId[]): SignedRoster
}

type PublicKey = Pick<PrivateKey, 'blob'>

export interface OrganisationOptions {
  readonly hostKey?: PublicKey
  readonly target?: Partial<RosterTarget>
  /** Last word on roster 1. */
  readonly change?: (roster: Roster) => Roster
}

const cast: readonly (readonly [PersonId, Roster['people'][number]['roles']])[] = [
  [technician, ['technician', 'escort']],
  [escort, ['escort']],
  [secondEscort, ['escort']],
  [officer, ['officer']],
  [secondOfficer, ['officer']],
]

export function organisation(options: OrganisationOptions = {}): Organisation {
  const keys = new Map(cast.map(([person]) => [person, keyFor(person)]))
  const [log, host] = [generateKey().key, options.hostKey ?? generateKey().key]
  const { key: cosigner, file: keyFile } = generateKey()
  const origin = 'log.example/signer-test'
  const logKey = printVerifierKey(verifierKey(origin, 1, log.point, nodeCrypto.sha256))
  const signerKey = printVerifierKey(verifierKey(`${origin}/signer`, 4, cosigner.point, nodeCrypto.sha256))
  const draft: Roster = {
    format: 'chaperone-roster/v1',
    organisation: 'sample',
    version: 1,
    previous: noRoster,
    issued: farBack,
    expires: always,
    policy: '1'.repeat(64),
    log: { origin, key: logKey },
    signer: { key: signerKey },
    witnesses: { keys: [], needed: 0 },
    authorities: [],
    people: cast.map(([person, roles]) => ({
      person,
      roles,
      regimes: ['open'],
      until: always,
      keys: [rosterKey(keys.get(person)!)], // made above
    })),
    targets: [
      { ...target('web-1', host), ...options.target },
      { ...target('db-1', generateKey().key), quorum: 2 },
    ],
    revoked: [],
  }
  const roster = options.change?.(draft) ?? draft
  const keyOf = (person: PersonId) => keys.get(person) ?? keyFor(person)
  const sign = (person: PersonId, statement: Statement) => signWith(keyOf(person), statement)
  const signedRoster = adopted(roster, noRoster, [officer, secondOfficer], sign)
  const digest = rosterDigest(signedRoster.bytes, nodeCrypto.sha256)
  return {
    roster,
    signedRoster,
    trustRoot: {
      format: 'chaperone-root/v1',
      organisation: 'sample',
      origin,
      logKey,
      signerKey,
      rosterDigest: digest,
    },
    log,
    cosigner,
    keyFile,
    hostKey: host,
    keyOf,
    sign,
    nextRoster: (change, officers = [officer, secondOfficer]) =>
      adopted({ ...roster, version: 2, previous: digest, ...change }, digest, officers, sign),
  }
}

export function signWith(key: PrivateKey, statement: Statement): SignedStatement {
  const bytes = printStatement(statement)
  return {
    text: new TextDecoder().decode(bytes),
    signature: signSshsig(key, namespaceOf(statement.kind), bytes),
  }
}

export function rosterKey(key: PrivateKey): RosterKey {
  return {
    key: keyIdOf(key.blob, nodeCrypto.sha256),
    blob: toBase64(key.blob),
    class: 'software',
    from: farBack,
    until: always,
    origins: [],
  }
}

function adopted(
  roster: Roster,
  previous: string,
  officers: readonly PersonId[],
  sign: Organisation['sign'],
): SignedRoster {
  const bytes = canonicalBytes(roster as unknown as Json)
  const digest = rosterDigest(bytes, nodeCrypto.sha256)
  const { version } = roster
  const statement = { kind: 'adopt', subject: 'roster', version, digest, previous, issued: farBack } as const
  return { bytes, adoptions: officers.map((person) => sign(person, { ...statement, officer: person })) }
}

/** Both types are used. */
function keyFor(person: PersonId): PrivateKey {
  return generateKey(person.endsWith('two') ? 'ecdsa-sha2-nistp256' : 'ssh-ed25519').key
}

function target(name: string, host: PublicKey): RosterTarget {
  return {
    target: name,
    regime: 'open',
    address: '127.0.0.1',
    port: 22,
    hostKeys: [toBase64(host.blob)],
    hostAuthorities: [],
    accounts: ['ops'],
    interpreters: ['bash'],
    sourceAddress: null,
    quorum: 1,
    keyClasses: ['software'],
    maxSeconds: 3600,
  }
}

export function instantAt(seconds: number): string {
  return instantOf(start + seconds)
}
