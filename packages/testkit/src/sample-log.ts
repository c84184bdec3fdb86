import {
  canonicalBytes,
  concat,
  instantOf,
  toBase64,
  toHex,
  utf8,
  type Json,
  type PersonId,
} from '@chaperone/encoding'
import {
  encodeEvent,
  namespaceOf,
  noRoster,
  printStatement,
  rosterDigest,
  type Event,
  type Roster,
  type SignedStatement,
  type Statement,
} from '@chaperone/domain'
import { generateKey, nodeCrypto, signSshsig, type PrivateKey } from '@chaperone/node-crypto'
import { keyIdOf } from '@chaperone/encoding'
import {
  cosignNote,
  encodeBundle,
  Frontier,
  leafHash,
  printCheckpoint,
  printVerifierKey,
  signCheckpoint,
  tilePath,
  tileWidth,
  verifierKey,
} from '@chaperone/tlog'

/** People of a made-up organisation, all with software keys that this process holds. */
export interface SampleOrganisation {
  readonly roster: Roster
  readonly rosterBytes: Uint8Array
  readonly adoptions: readonly SignedStatement[]
  readonly trustRoot: {
    readonly format: 'chaperone-root/v1'
    readonly organisation: string
    readonly origin: string
    readonly logKey: string
    readonly signerKey: string
    readonly rosterDigest: string
  }
  sign(person: PersonId, statement: Statement): SignedStatement
  /** Any text under any namespace, whatever the person would say to it. */
  signText(person: PersonId, namespace: string, text: string): SignedStatement
  /** The signed note over a head, cosigned. */
  checkpoint(size: number, root: Uint8Array, time: number): string
}

const origin = 'log.example/sample'
const always = '2099-01-01T00:00:00Z'
const farBack = '2020-01-01T00:00:00Z'

const cast: readonly (readonly [PersonId, readonly Roster['people'][number]['roles'][number][]])[] = [
  ['p-technician', ['technician']],
  ['p-escortone', ['escort']],
  ['p-escorttwo', ['escort']],
  ['p-officerone', ['officer']],
  ['p-officertwo', ['officer']],
  ['p-auditorone', ['auditor']],
]

/** `more` people are added who only make the roster as long as a real one. */
export function sampleOrganisation(
  options: { readonly more?: number; readonly quorum?: number } = {},
): SampleOrganisation {
  const keys = new Map<PersonId, PrivateKey>()
  const extra = Array.from(
    { length: options.more ?? 0 },
    (_, i) => [`p-extra${String(i).padStart(5, '0')}`, ['escort']] as const,
  )
  const people = [...cast, ...extra].map(([person, roles]) => {
    const { key } = generateKey(person.endsWith('two') ? 'ecdsa-sha2-nistp256' : 'ssh-ed25519')
    keys.set(person, key)
    return rosterPerson(person, [...roles], key)
  })
  const [log, signer, authority, host] = [generateKey(), generateKey(), generateKey(), generateKey()].map(
    ({ key }) => key,
  )
  if (log === undefined || signer === undefined || authority === undefined || host === undefined)
    throw new Error('four keys')
  const logKey = verifierKey(origin, 1, log.point, nodeCrypto.sha256)
  const signerKey = verifierKey(`${origin}/signer`, 4, signer.point, nodeCrypto.sha256)
  const roster: Roster = {
    format: 'chaperone-roster/v1',
    organisation: 'sample',
    version: 1,
    previous: noRoster,
    issued: farBack,
    expires: always,
    policy: '1'.repeat(64),
    log: { origin, key: printVerifierKey(logKey) },
    signer: { key: printVerifierKey(signerKey) },
    witnesses: { keys: [], needed: 0 },
    authorities: [toBase64(authority.blob)],
    people,
    targets: [
      sampleTarget('web-1', host, options.quorum ?? 1),
      sampleTarget('db-1', host, options.quorum ?? 1),
    ],
    revoked: [],
  }
  const rosterBytes = canonicalBytes(roster as unknown as Json)
  const digest = rosterDigest(rosterBytes, nodeCrypto.sha256)

  function signText(person: PersonId, namespace: string, text: string): SignedStatement {
    const key = keys.get(person)
    if (key === undefined) throw new Error(`${person} has no key here`)
    return { text, signature: signSshsig(key, namespace, utf8(text)) }
  }

  function sign(person: PersonId, statement: Statement): SignedStatement {
    const text = new TextDecoder().decode(printStatement(statement))
    return signText(person, namespaceOf(statement.kind), text)
  }

  const adopt = (officer: PersonId) =>
    sign(officer, {
      kind: 'adopt',
      subject: 'roster',
      version: 1,
      digest,
      previous: noRoster,
      officer,
      issued: farBack,
    })

  return {
    roster,
    rosterBytes,
    adoptions: [adopt('p-officerone'), adopt('p-officertwo')],
    trustRoot: {
      format: 'chaperone-root/v1',
      organisation: 'sample',
      origin,
      logKey: roster.log.key,
      signerKey: roster.signer.key,
      rosterDigest: digest,
    },
    sign,
    signText,
    checkpoint(size, root, time) {
      const text = printCheckpoint({ origin, size, root })
      const signed = signCheckpoint({ origin, size, root }, logKey, (message) => log.sign(message))
      return signed + cosignNote(text, signerKey, time, (message) => signer.sign(message))
    },
  }
}

function rosterPerson(
  person: PersonId,
  roles: Roster['people'][number]['roles'],
  key: PrivateKey,
): Roster['people'][number] {
  const held = {
    key: keyIdOf(key.blob, nodeCrypto.sha256),
    blob: toBase64(key.blob),
    class: 'software' as const,
    from: farBack,
    until: always,
    origins: [],
  }
  return { person, roles, regimes: ['open'], until: always, keys: [held] }
}

function sampleTarget(target: string, host: PrivateKey, quorum: number): Roster['targets'][number] {
  return {
    target,
    regime: 'open',
    address: '127.0.0.1',
    port: 22,
    hostKeys: [toBase64(host.blob)],
    hostAuthorities: [],
    accounts: ['ops'],
    interpreters: ['bash'],
    sourceAddress: null,
    quorum,
    keyClasses: ['software'],
    maxSeconds: 3600,
  }
}

/** A log as it grows, handing out the files of an export as they become complete. */
export interface SampleLog {
  append(event: Event): number
  size(): number
  root(): Uint8Array
  /** Writes partial tiles, the roster and a checkpoint. */
  finish(time: number): void
}

export type WriteFile = (path: string, bytes: Uint8Array) => void

export function sampleLog(organisation: SampleOrganisation, write: WriteFile): SampleLog {
  const frontier = new Frontier(nodeCrypto.sha256)
  const levels: Uint8Array[][] = []
  let bundle: Uint8Array[] = []

  function keep(level: number, index: number, hash: Uint8Array): void {
    if (level % 8 !== 0) return
    const tile = (levels[level / 8] ??= [])
    tile.push(hash)
    if (tile.length < tileWidth) return
    write(tilePath(level / 8, Math.floor(index / tileWidth)), concat(...tile))
    levels[level / 8] = []
  }

  return {
    size: () => frontier.size,
    root: () => frontier.root(),
    append(event) {
      const leaf = encodeEvent(event)
      const index = frontier.size
      bundle.push(leaf)
      frontier.append(leafHash(leaf, nodeCrypto.sha256), keep)
      if (bundle.length === tileWidth) {
        write(tilePath('entries', (index + 1) / tileWidth - 1), encodeBundle(bundle))
        bundle = []
      }
      return index
    },
    finish(time) {
      const { size } = frontier
      if (bundle.length > 0) {
        write(tilePath('entries', Math.floor(size / tileWidth), bundle.length), encodeBundle(bundle))
      }
      for (const [level, tile] of levels.entries()) {
        const index = Math.floor(size / tileWidth ** (level + 1))
        if (tile.length > 0) write(tilePath(level, index, tile.length), concat(...tile))
      }
      write('rosters/1.json', organisation.rosterBytes)
      write('checkpoint', utf8(organisation.checkpoint(size, frontier.root(), time)))
    },
  }
}

/** The entry that brings roster 1 into force. */
export function sampleRosterEvent({ trustRoot, adoptions }: SampleOrganisation, at: string): Event {
  return {
    v: 1,
    type: 'roster-adopted',
    at,
    version: 1,
    digest: trustRoot.rosterDigest,
    adoptions: [...adoptions],
  }
}

/** A digest that stands for something nobody opened. */
export function sampleDigest(...words: readonly (string | number)[]): string {
  return toHex(nodeCrypto.sha256(utf8(words.join(' '))))
}

export function sampleInstant(seconds: number): string {
  return instantOf(1_790_000_000 + seconds)
}
