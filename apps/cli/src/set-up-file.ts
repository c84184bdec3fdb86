import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import {
  isId,
  isInstant,
  parsePublicKeyLine,
  toBase64,
  type Instant,
  type PersonId,
} from '@chaperone/encoding'
import type { Roster, RosterKey } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { rosterKey, type FirstRoster } from '@chaperone/installation'
import { openKey } from './key.ts'
import { UsageError } from './refused.ts'

/** People and targets as an operator writes them down for `chaperone init`; keys and host keys are files beside it. */
const instant = z.string().refine(isInstant, { error: 'not a UTC second' })

const person = z.strictObject({
  /** Made up when left out. */
  person: z.string().optional(),
  name: z.string().min(1),
  roles: z.array(z.enum(['technician', 'escort', 'officer', 'auditor'])).min(1),
  regimes: z.array(z.string()).default([]),
  until: instant.optional(),
  keys: z
    .array(z.strictObject({ file: z.string(), class: z.enum(['fido2', 'piv', 'software']) }))
    .default([]),
})

const target = z.strictObject({
  target: z.string(),
  regime: z.string(),
  address: z.string(),
  port: z.int().default(22),
  /** `ssh-ed25519 AAAA…` lines, as `ssh-keyscan` or `/etc/ssh/ssh_host_*_key.pub` have them. */
  hostKeys: z.array(z.string()).default([]),
  hostAuthorities: z.array(z.string()).default([]),
  accounts: z.array(z.string()).min(1),
  interpreters: z.array(z.enum(['bash', 'powershell', 'sql'])).default(['bash']),
  sourceAddress: z.string().nullable().default(null),
  quorum: z.int().default(1),
  keyClasses: z.array(z.enum(['passkey', 'fido2', 'piv', 'software'])).default(['passkey', 'fido2', 'piv']),
  maxSeconds: z.int().default(3600),
})

const shape = z.strictObject({ people: z.array(person).min(2), targets: z.array(target) })

export interface SetUp extends FirstRoster {
  readonly names: Readonly<Record<PersonId, string>>
}

/** Reads a set-up file. Keys count from `now` until their person does, or until `expires`. */
export function readSetUp(path: string, now: Instant, expires: Instant): SetUp {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UsageError(`cannot read \`${path}\`: ${(cause as Error).message}`)
  }
  const parsed = shape.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new UsageError(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`)
  }
  const people = parsed.data.people.map((one) => ({ ...one, person: one.person ?? newPersonId() }))
  return {
    people: people.map((one) => rosterPerson(one, dirname(path), now, expires)),
    targets: parsed.data.targets.map(rosterTarget),
    names: Object.fromEntries(people.map((one) => [one.person, one.name])),
  }
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

export function newPersonId(): PersonId {
  return `p-${Array.from(randomBytes(12), (byte) => letters[byte & 31]).join('')}`
}

function rosterPerson(
  { person: id, roles, regimes, until = expiresDefault, keys }: z.output<typeof person> & { person: string },
  folder: string,
  from: Instant,
  expires: Instant,
): Roster['people'][number] {
  if (!isId('person', id)) throw new UsageError(`\`${id}\` is no person id`)
  const end = until === expiresDefault ? expires : until
  const rosterKeys: RosterKey[] = keys.map((key) => {
    const { blob } = openKey(resolve(folder, key.file))
    return rosterKey(blob, key.class, { from, until: end }, [], nodeCrypto.sha256)
  })
  return { person: id, roles, regimes, until: end, keys: rosterKeys }
}

const expiresDefault = ''

function rosterTarget(one: z.output<typeof target>): Roster['targets'][number] {
  return { ...one, hostKeys: one.hostKeys.map(blobOf), hostAuthorities: one.hostAuthorities.map(blobOf) }
}

/** Host keys may be of any kind that OpenSSH has; only their bytes are compared. */
function blobOf(line: string): string {
  const key = parsePublicKeyLine(line)
  if (!key.ok) throw new UsageError(`\`${line.slice(0, 60)}\` is neither an Ed25519 nor a P-256 public key`)
  return toBase64(key.value.blob)
}
