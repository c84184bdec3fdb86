import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  canonicalBytes,
  Fault,
  fromUtf8,
  ok,
  parsePublicKeyLine,
  toBase64,
  toBase64Url,
  type Digest,
  type Instant,
  type Json,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import {
  adoptRoster,
  checkRoster,
  namespaceOf,
  noRoster,
  printStatement,
  rosterDigest,
  type AdoptionRefusal,
  type Roster,
  type SignedRoster,
  type SignedStatement,
  type Statement,
} from '@chaperone/domain'
import { generateKey, loadPrivateKey, nodeCrypto, type PrivateKey } from '@chaperone/node-crypto'
import { printVerifierKey, verifierKey } from '@chaperone/tlog'
import { printTrustRoot, type TrustRoot } from '@chaperone/verify'
import { accountsHere, type Accounts } from './accounts.ts'
import { checkConfig, logOriginOf, readInstallation, type InstallationConfig } from './config.ts'
import { layOut, makeFolder, writePrivate, writePublic } from './lay-out.ts'
import { lockInstallation } from './lock.ts'
import { placesOf, type Places } from './places.ts'

/** An officer at the console, whose key stays where it is. */
export interface Officer {
  readonly person: PersonId
  /** Answers the armored SSHSIG of `bytes` in `namespace`, as `ssh-keygen -Y sign` prints it. */
  sign(bytes: Uint8Array, namespace: string): Promise<string>
}

/** Who and what the first roster names. */
export interface FirstRoster {
  readonly people: Roster['people']
  readonly targets: Roster['targets']
}

export interface InitialiseOptions {
  readonly folder: string
  /** Becomes `chaperone.json` when the folder has none. */
  readonly config?: unknown
  /** Asked once the certificate authority's key is there, so that targets may be told to trust it first. */
  readonly roster: (authority: Uint8Array) => Promise<FirstRoster>
  /** What people are called; kept outside the log, where it can be erased. */
  readonly names: Readonly<Record<PersonId, string>>
  /** Two to four: what an entry of the log has room for. */
  readonly officers: readonly Officer[]
  /** Digest of the eligibility policy that the roster brings into force. */
  readonly policy?: Digest
  readonly now: Instant
  readonly expires: Instant
}

export interface Initialised {
  readonly places: Places
  readonly trustRoot: TrustRoot
  readonly roster: Roster
  /** SSH public key blob that targets must trust (`TrustedUserCAKeys`). */
  readonly authority: Uint8Array
}

const mostOfficers = 4

/** The policy of an installation that adopted none: the digest of no bytes. */
export const noPolicy: Digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/**
 * Makes an installation, on the signer's console with two officers: configuration, folders, keys, roster 1 and the
 * trust root, which is written last and from then on refuses a second run. What an interrupted run left is made anew:
 * nothing has relied on it yet. The gateway's key, the signer's and the authority's are made here and never leave their
 * process's folder; officers' keys are not seen at all.
 *
 * Faults: `already-initialised`, `officers-too-many`, `config-missing`, `config-invalid`, `installation-in-use`, `ca-key-unusable`,
 * `account-missing`. A roster that its officers did not sign as they should is a refusal, and nothing is in force.
 */
export async function initialise(options: InitialiseOptions): Promise<Result<Initialised, AdoptionRefusal>> {
  if (options.officers.length > mostOfficers)
    throw new Fault('officers-too-many', `at most ${mostOfficers} officers sign the first roster`)
  const places = placesOf(options.folder)
  makeFolder(places.folder)
  using _lock = lockInstallation(places.folder)
  if (existsSync(places.trustRoot)) {
    throw new Fault('already-initialised', `\`${places.folder}\` has its trust root already`)
  }
  const config = takeConfig(places, options.config)
  const accounts = accountsHere()
  layOut(places, accounts)
  const keys = makeKeys(config, places, accounts)
  const unsigned = checkRoster(firstRoster(config, keys, options, await options.roster(keys.authority)))
  if (!unsigned.ok) return unsigned
  const signed = await signFirst(unsigned.value, options)
  const adopted = adoptRoster(signed, undefined, '', options.now, nodeCrypto)
  if (!adopted.ok) return adopted
  const trustRoot = trustRootOf(adopted.value, signed)
  writeDeskToken(places, accounts)
  writePrivate(places.bootstrap, bootstrapFile(signed, options.names), accounts?.gateway)
  writePublic(places.trustRoot, printTrustRoot(trustRoot))
  return ok({ places, trustRoot, roster: adopted.value, authority: keys.authority })
}

function takeConfig(places: Places, given: unknown): InstallationConfig {
  if (given !== undefined && !existsSync(places.config)) {
    checkConfig(given, places.config)
    writePublic(places.config, `${JSON.stringify(given, undefined, 2)}\n`)
  }
  return readInstallation(places.folder)
}

interface Keys {
  readonly authority: Uint8Array
  readonly log: PrivateKey
  readonly cosigner: PrivateKey
}

function makeKeys(config: InstallationConfig, places: Places, accounts: Accounts | undefined): Keys {
  const log = generateKey()
  const cosigner = generateKey()
  writePrivate(join(places.gateway, 'log.key'), log.file, accounts?.gateway)
  writePrivate(join(places.gateway, 'kek'), `${toBase64(randomBytes(32))}\n`, accounts?.gateway)
  writePrivate(join(places.signer, 'cosigner.key'), cosigner.file, accounts?.signer)
  return { authority: authorityKey(config, places, accounts), log: log.key, cosigner: cosigner.key }
}

/** The public half of the certificate authority's key; the key itself is made here unless it lives elsewhere. */
function authorityKey(
  { caKey }: InstallationConfig,
  places: Places,
  accounts: Accounts | undefined,
): Uint8Array {
  if (caKey === undefined) {
    const made = generateKey()
    writePrivate(join(places.signer, 'ca.key'), made.file, accounts?.signer)
    return made.key.blob
  }
  if ('file' in caKey) return loadPrivateKey(readFileSync(caKey.file, 'utf8')).blob
  const key = parsePublicKeyLine(caKey.publicKey)
  if (key.ok) return key.value.blob
  throw new Fault('ca-key-unusable', 'caKey.publicKey is not the line of an Ed25519 or P-256 public key')
}

function firstRoster(
  config: InstallationConfig,
  keys: Keys,
  { policy, now, expires }: InitialiseOptions,
  { people, targets }: FirstRoster,
): Json {
  const origin = logOriginOf(config)
  const { sha256 } = nodeCrypto
  const roster: Roster = {
    format: 'chaperone-roster/v1',
    organisation: config.organisation,
    version: 1,
    previous: noRoster,
    issued: now,
    expires,
    policy: policy ?? noPolicy,
    log: { origin, key: printVerifierKey(verifierKey(origin, 1, keys.log.point, sha256)) },
    signer: { key: printVerifierKey(verifierKey(`${origin}/signer`, 4, keys.cosigner.point, sha256)) },
    witnesses: { keys: [], needed: 0 },
    authorities: [toBase64(keys.authority)],
    people,
    targets,
    revoked: [],
  }
  return roster as unknown as Json // strings, integers and arrays of them
}

async function signFirst(roster: Roster, { officers, now }: InitialiseOptions): Promise<SignedRoster> {
  const bytes = canonicalBytes(roster as unknown as Json)
  const adoptions: SignedStatement[] = []
  // One after the other: each may ask its officer for a touch.
  for (const officer of officers) adoptions.push(await adoptionBy(officer, roster, bytes, now))
  return { bytes, adoptions }
}

/** An officer's signed `adopt` statement for a roster's canonical bytes. */
export async function adoptionBy(
  officer: Officer,
  roster: Pick<Roster, 'version' | 'previous'>,
  bytes: Uint8Array,
  now: Instant,
): Promise<SignedStatement> {
  const statement: Statement = {
    kind: 'adopt',
    subject: 'roster',
    version: roster.version,
    digest: rosterDigest(bytes, nodeCrypto.sha256),
    previous: roster.previous,
    officer: officer.person,
    issued: now,
  }
  const printed = printStatement(statement)
  const signature = await officer.sign(printed, namespaceOf('adopt'))
  return { text: fromUtf8(printed) ?? '', signature } // a statement is ASCII
}

function trustRootOf(roster: Roster, { bytes }: SignedRoster): TrustRoot {
  return {
    format: 'chaperone-root/v1',
    organisation: roster.organisation,
    origin: roster.log.origin,
    logKey: roster.log.key,
    signerKey: roster.signer.key,
    rosterDigest: rosterDigest(bytes, nodeCrypto.sha256),
  }
}

/** One secret, a copy for each side: the two accounts share no file. */
function writeDeskToken(places: Places, accounts: Accounts | undefined): void {
  const token = `${toBase64Url(randomBytes(32))}\n`
  writePrivate(join(places.gateway, 'desk.token'), token, accounts?.gateway)
  writePrivate(join(places.desk, 'desk.token'), token, accounts?.desk)
}

/** What the gateway brings into force at its first start; the log then begins with it. */
function bootstrapFile({ bytes, adoptions }: SignedRoster, names: InitialiseOptions['names']): string {
  return `${JSON.stringify({ bytes: toBase64(bytes), adoptions, names }, undefined, 2)}\n`
}
