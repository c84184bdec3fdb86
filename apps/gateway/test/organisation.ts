import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { canonicalBytes, keyIdOf, toBase64, utf8, type Json, type PersonId } from '@chaperone/encoding'
import {
  namespaceOf,
  noRoster,
  parseStatement,
  printStatement,
  rosterDigest,
  type Role,
  type Roster,
  type RosterKey,
  type SignedStatement,
  type Statement,
} from '@chaperone/domain'
import { generateKey, nodeCrypto, signSshsig, type PrivateKey } from '@chaperone/node-crypto'
import { printVerifierKey, verifierKey } from '@chaperone/tlog'
import { printTrustRoot, type TrustRoot } from '@chaperone/verify'

/** People with software keys that the test holds. `tess` and `tom` are technicians, and so on by first letter. */
export const people = {
  tess: 'p-tess2345',
  tom: 'p-tom23456',
  esra: 'p-esra2345',
  emil: 'p-emil2345',
  eve: 'p-eve23456',
  otto: 'p-otto2345',
  olga: 'p-olga2345',
  anna: 'p-anna2345',
} as const
export type Name = keyof typeof people

const roles: Readonly<Record<Name, Role>> = {
  tess: 'technician',
  tom: 'technician',
  esra: 'escort',
  emil: 'escort',
  /** An escort for no regime yet. */
  eve: 'escort',
  otto: 'officer',
  olga: 'officer',
  anna: 'auditor',
}

const long = '2099-01-01T00:00:00Z'
const since = '2020-01-01T00:00:00Z'

export interface Organisation {
  readonly trustRoot: TrustRoot
  readonly authority: PrivateKey
  /** The roster in force as far as this test has adopted any. */
  roster(): Roster
  key(name: Name): PrivateKey
  sign(name: Name, statement: Statement): SignedStatement
  signText(name: Name, text: string): SignedStatement
  /** The next roster with two officers' adoptions, in force here from now on. */
  change(edit: (roster: Roster) => Roster): { readonly bytes: string; readonly adoptions: SignedStatement[] }
  /** Puts the files where the processes expect them. */
  writeFiles(places: { readonly gateway: string; readonly signer: string; readonly trustRoot: string }): void
}

export type Target = Roster['targets'][number]

export function organisation(
  targets: readonly Target[],
  authority: PrivateKey,
  caFile: string,
): Organisation {
  const keys = new Map(
    Object.keys(people).map((name) => [
      name as Name,
      generateKey(name === 'emil' ? 'ecdsa-sha2-nistp256' : 'ssh-ed25519').key,
    ]),
  )
  const [log, cosigner] = [generateKey(), generateKey()]
  const origin = 'log.example/gateway-test'
  const logKey = printVerifierKey(verifierKey(origin, 1, log.key.point, nodeCrypto.sha256))
  const signerKey = printVerifierKey(
    verifierKey(`${origin}/signer`, 4, cosigner.key.point, nodeCrypto.sha256),
  )
  let current: Roster = {
    format: 'chaperone-roster/v1',
    organisation: 'gateway-test',
    version: 1,
    previous: noRoster,
    issued: since,
    expires: long,
    policy: '1'.repeat(64),
    log: { origin, key: logKey },
    signer: { key: signerKey },
    witnesses: { keys: [], needed: 0 },
    authorities: [toBase64(authority.blob)],
    people: (Object.keys(people) as Name[]).map((name) => rosterPerson(name, key(name))),
    targets: [...targets],
    revoked: [],
  }
  const first = signedBy(current)

  function key(name: Name): PrivateKey {
    const found = keys.get(name)
    if (found === undefined) throw new Error(`${name} has no key`)
    return found
  }

  function signText(name: Name, text: string): SignedStatement {
    const parsed = parseStatement(utf8(text))
    if (!parsed.ok) throw new Error('a prepared statement parses')
    return { text, signature: signSshsig(key(name), namespaceOf(parsed.value.kind), utf8(text)) }
  }

  function sign(name: Name, statement: Statement): SignedStatement {
    return signText(name, new TextDecoder().decode(printStatement(statement)))
  }

  function signedBy(roster: Roster) {
    const bytes = canonicalBytes(roster as unknown as Json)
    const digest = rosterDigest(bytes, nodeCrypto.sha256)
    const adopt = (name: Name) =>
      sign(name, {
        kind: 'adopt',
        subject: 'roster',
        version: roster.version,
        digest,
        previous: roster.previous,
        officer: people[name],
        issued: since,
      })
    return { bytes: toBase64(bytes), digest, adoptions: [adopt('otto'), adopt('olga')] }
  }

  return {
    authority,
    trustRoot: {
      format: 'chaperone-root/v1',
      organisation: 'gateway-test',
      origin,
      logKey,
      signerKey,
      rosterDigest: first.digest,
    },
    roster: () => current,
    key,
    sign,
    signText,
    change(edit) {
      const { digest } = signedBy(current)
      current = { ...edit(current), version: current.version + 1, previous: digest }
      const { bytes, adoptions } = signedBy(current)
      return { bytes, adoptions }
    },
    writeFiles({ gateway, signer, trustRoot }) {
      for (const folder of [gateway, signer]) mkdirSync(folder, { recursive: true })
      writeFileSync(join(gateway, 'log.key'), log.file)
      writeFileSync(join(gateway, 'kek'), `${randomBytes(32).toString('base64')}\n`)
      writeFileSync(join(gateway, 'desk.token'), randomBytes(32).toString('base64url'))
      const { bytes, adoptions } = first
      const names = Object.fromEntries(Object.entries(people).map(([name, person]) => [person, nameOf(name)]))
      writeFileSync(join(gateway, 'bootstrap.json'), JSON.stringify({ bytes, adoptions, names }))
      writeFileSync(join(signer, 'cosigner.key'), cosigner.file)
      writeFileSync(join(signer, 'ca.key'), caFile)
      writeFileSync(trustRoot, printTrustRoot(this.trustRoot))
    },
  }
}

/** What a person is called on screens: no technician may ever read an escort's. */
export function nameOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} Namesake`
}

function rosterPerson(name: Name, key: PrivateKey): Roster['people'][number] {
  const held: RosterKey = {
    key: keyIdOf(key.blob, nodeCrypto.sha256),
    blob: toBase64(key.blob),
    class: 'software',
    from: since,
    until: long,
    origins: [],
  }
  const regimes = name === 'eve' ? [] : ['open']
  return { person: people[name], roles: [roles[name]], regimes, until: long, keys: [held] }
}

export function personOf(name: Name): PersonId {
  return people[name]
}
