import { z } from 'zod'
import {
  err,
  isId,
  isInstant,
  ok,
  parseCanonicalJson,
  toHex,
  type Digest,
  type Instant,
  type Json,
  type KeyId,
  type PersonId,
  type Result,
  type Sha256,
  type TargetId,
} from '@chaperone/encoding'

/**
 * The roster (spec/roster.md): who may decide what, with which key, until when, and what each target is.
 * Two officers of the roster before it sign it; the signer holds it outside the gateway's reach.
 */

/** What a key proves: touch and PIN at a browser or a token, a card, or nothing (`software`, regime `open` only). */
export type KeyClass = 'passkey' | 'fido2' | 'piv' | 'software'
export type Role = 'technician' | 'escort' | 'officer' | 'auditor'

const id = (kind: Parameters<typeof isId>[0]) => z.string().refine((text) => isId(kind, text))
const instant = z.string().refine(isInstant)
const base64 = z.string().max(1024)
const word = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
const line = z.string().regex(/^[\x21-\x7e]{1,512}$/)
const keyClass = z.enum(['passkey', 'fido2', 'piv', 'software'])

const rosterKey = z.strictObject({
  key: id('keyId'),
  blob: base64,
  class: keyClass,
  from: instant,
  until: instant,
  /** For passkeys: the origins at which a touch counts (the desk's). */
  origins: z.array(line).max(4),
})

const rosterPerson = z.strictObject({
  person: id('person'),
  roles: z.array(z.enum(['technician', 'escort', 'officer', 'auditor'])).max(4),
  /** The regimes in which this person may decide as an escort. */
  regimes: z.array(word).max(32),
  until: instant,
  keys: z.array(rosterKey).max(8),
})

const rosterTarget = z.strictObject({
  target: id('target'),
  regime: word,
  address: line,
  port: z.int().min(1).max(65535),
  hostKeys: z.array(base64).max(8),
  hostAuthorities: z.array(base64).max(4),
  accounts: z.array(id('account')).min(1).max(64),
  interpreters: z.array(z.enum(['bash', 'powershell', 'sql'])).min(1),
  /** The certificate's source-address option, or null where the gateway's address cannot be known. */
  sourceAddress: line.nullable(),
  /** How many people must allow a step; they are people, not keys. */
  quorum: z.int().min(1).max(5),
  keyClasses: z.array(keyClass).min(1),
  maxSeconds: z.int().min(1),
})

const rosterShape = z.strictObject({
  format: z.literal('chaperone-roster/v1'),
  organisation: word,
  version: z.int().min(1),
  /** Digest of the roster before; 64 zeros in version 1. */
  previous: id('digest'),
  issued: instant,
  expires: instant,
  policy: id('digest'),
  log: z.strictObject({ origin: line, key: line }),
  signer: z.strictObject({ key: line }),
  witnesses: z.strictObject({ keys: z.array(line).max(8), needed: z.int().min(0).max(8) }),
  authorities: z.array(base64).max(4),
  people: z.array(rosterPerson).max(2000),
  targets: z.array(rosterTarget).max(5000),
  revoked: z.array(id('keyId')).max(5000),
})

export type Roster = z.infer<typeof rosterShape>
export type RosterPerson = Roster['people'][number]
export type RosterKey = RosterPerson['keys'][number]
export type RosterTarget = Roster['targets'][number]

export const noRoster: Digest = '0'.repeat(64)

export type RosterRefusal =
  | { readonly code: 'roster-malformed'; readonly at: string }
  | { readonly code: 'roster-duplicate'; readonly at: string }

/** Reads a roster's canonical bytes. Every person, key and target is named once. */
export function parseRoster(bytes: Uint8Array): Result<Roster, RosterRefusal> {
  const json = parseCanonicalJson(bytes)
  if (!json.ok) return err({ code: 'roster-malformed', at: json.error.code })
  return checkRoster(json.value)
}

export function checkRoster(json: Json): Result<Roster, RosterRefusal> {
  const parsed = rosterShape.safeParse(json)
  if (!parsed.success)
    return err({ code: 'roster-malformed', at: parsed.error.issues[0]?.path.join('.') ?? '' })
  const roster = parsed.data
  const twice =
    firstRepeated(roster.people.map((person) => person.person)) ??
    firstRepeated(roster.people.flatMap((person) => person.keys.map((key) => key.key))) ??
    firstRepeated(roster.targets.map((target) => target.target))
  return twice === undefined ? ok(roster) : err({ code: 'roster-duplicate', at: twice })
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}

export function rosterDigest(bytes: Uint8Array, sha256: Sha256): Digest {
  return toHex(sha256(bytes))
}

export function findPerson(roster: Roster, person: PersonId): RosterPerson | undefined {
  return roster.people.find((candidate) => candidate.person === person)
}

export function findTarget(roster: Roster, target: TargetId): RosterTarget | undefined {
  return roster.targets.find((candidate) => candidate.target === target)
}

/** Whether this person has the role now. */
export function hasRole(roster: Roster, person: PersonId, role: Role, at: Instant): boolean {
  const found = findPerson(roster, person)
  return found !== undefined && found.roles.includes(role) && at < found.until
}

/** Whether a key of this class may decide about this target; software keys prove nobody's presence. */
export function keyCountsFor(target: RosterTarget, keyClass: KeyClass): boolean {
  return target.keyClasses.includes(keyClass) && (keyClass !== 'software' || target.regime === 'open')
}

/** The person and the key, if the key is somebody's, current and not revoked. */
export function findKey(
  roster: Roster,
  key: KeyId,
  at: Instant,
): { readonly person: RosterPerson; readonly key: RosterKey } | undefined {
  if (roster.revoked.includes(key)) return undefined
  for (const person of roster.people) {
    const found = person.keys.find((candidate) => candidate.key === key)
    if (found !== undefined) {
      return found.from <= at && at < found.until && at < person.until ? { person, key: found } : undefined
    }
  }
  return undefined
}

/** Software keys prove nobody's presence: they count only while every target is a demonstration (`open`). */
export function isDemonstration(roster: Roster): boolean {
  return roster.targets.every((target) => target.regime === 'open')
}
