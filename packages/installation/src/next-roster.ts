import {
  canonicalBytes,
  err,
  keyIdOf,
  ok,
  toBase64,
  type Instant,
  type Json,
  type KeyId,
  type PersonId,
  type Result,
  type Sha256,
  type TargetId,
} from '@chaperone/encoding'
import {
  checkRoster,
  rosterDigest,
  type KeyClass,
  type Roster,
  type RosterKey,
  type RosterPerson,
  type RosterRefusal,
  type RosterTarget,
} from '@chaperone/domain'

/** One edit of a roster. A person or target that is there already is replaced. */
export type RosterChange =
  | { readonly kind: 'add-key'; readonly person: PersonId; readonly key: RosterKey }
  | { readonly kind: 'revoke-key'; readonly key: KeyId }
  | { readonly kind: 'set-person'; readonly person: RosterPerson }
  | { readonly kind: 'remove-person'; readonly person: PersonId }
  | { readonly kind: 'set-target'; readonly target: RosterTarget }
  | { readonly kind: 'remove-target'; readonly target: TargetId }
  | { readonly kind: 'set-expiry'; readonly expires: Instant }

export type NextRosterRefusal =
  | RosterRefusal
  | { readonly code: 'person-unknown'; readonly person: PersonId }
  | { readonly code: 'target-unknown'; readonly target: TargetId }
  | { readonly code: 'key-unknown'; readonly key: KeyId }
  | { readonly code: 'key-revoked'; readonly key: KeyId }

export interface NextRoster {
  readonly roster: Roster
  /** What two officers of the current roster sign. */
  readonly bytes: Uint8Array
}

/**
 * The roster that follows `current`, for two officers to adopt. A revoked key stays revoked: what it signed after that
 * must never count again, so it cannot be added back.
 */
export function nextRoster(
  current: NextRoster,
  changes: readonly RosterChange[],
  at: Instant,
  sha256: Sha256,
): Result<NextRoster, NextRosterRefusal> {
  const { version } = current.roster
  let next: Roster = {
    ...current.roster,
    version: version + 1,
    previous: rosterDigest(current.bytes, sha256),
    issued: at,
  }
  for (const change of changes) {
    const changed = changeRoster(next, change)
    if (!changed.ok) return changed
    next = changed.value
  }
  const checked = checkRoster(next as unknown as Json) // strings, integers and arrays of them
  if (!checked.ok) return checked
  return ok({ roster: checked.value, bytes: canonicalBytes(checked.value as unknown as Json) })
}

function changeRoster(roster: Roster, change: RosterChange): Result<Roster, NextRosterRefusal> {
  const { people, targets, revoked } = roster
  switch (change.kind) {
    case 'add-key':
      return addKey(roster, change.person, change.key)
    case 'revoke-key': {
      const held = people.some((person) => person.keys.some(({ key }) => key === change.key))
      if (!held) return err({ code: 'key-unknown', key: change.key })
      return ok({ ...roster, revoked: [...new Set([...revoked, change.key])] })
    }
    case 'set-person':
      return ok({ ...roster, people: replaced(people, change.person, ({ person }) => person) })
    case 'remove-person': {
      const rest = people.filter(({ person }) => person !== change.person)
      if (rest.length === people.length) return err({ code: 'person-unknown', person: change.person })
      return ok({ ...roster, people: rest })
    }
    case 'set-target':
      return ok({ ...roster, targets: replaced(targets, change.target, ({ target }) => target) })
    case 'remove-target': {
      const rest = targets.filter(({ target }) => target !== change.target)
      if (rest.length === targets.length) return err({ code: 'target-unknown', target: change.target })
      return ok({ ...roster, targets: rest })
    }
    case 'set-expiry':
      return ok({ ...roster, expires: change.expires })
  }
}

function addKey(roster: Roster, person: PersonId, key: RosterKey): Result<Roster, NextRosterRefusal> {
  if (roster.revoked.includes(key.key)) return err({ code: 'key-revoked', key: key.key })
  const holder = roster.people.find((candidate) => candidate.person === person)
  if (holder === undefined) return err({ code: 'person-unknown', person })
  const grown = { ...holder, keys: [...holder.keys, key] }
  return ok({ ...roster, people: replaced(roster.people, grown, (candidate) => candidate.person) })
}

/** The list with `item` in the place of the one of its name, or at its end. */
function replaced<T>(list: readonly T[], item: T, nameOf: (item: T) => string): T[] {
  const at = list.findIndex((candidate) => nameOf(candidate) === nameOf(item))
  return at < 0 ? [...list, item] : list.with(at, item)
}

/** A public key as a roster lists it. `origins` are where a passkey's touch counts. */
export function rosterKey(
  blob: Uint8Array,
  keyClass: KeyClass,
  validity: { readonly from: Instant; readonly until: Instant },
  origins: readonly string[],
  sha256: Sha256,
): RosterKey {
  return {
    key: keyIdOf(blob, sha256),
    blob: toBase64(blob),
    class: keyClass,
    ...validity,
    origins: [...origins],
  }
}
