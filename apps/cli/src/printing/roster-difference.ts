import type { Roster } from '@chaperone/domain'

/** What a roster changes against another, a line each; nothing is left out. */
export function rosterDifference(before: Roster, after: Roster): readonly string[] {
  const lines = [
    ...changed('expires', before.expires, after.expires),
    ...changed('policy', before.policy, after.policy),
    ...changed('log key', before.log.key, after.log.key),
    ...changed('signer key', before.signer.key, after.signer.key),
    ...changed('witnesses', JSON.stringify(before.witnesses), JSON.stringify(after.witnesses)),
    ...changed('authorities', before.authorities.join(' '), after.authorities.join(' ')),
    ...after.revoked.filter((key) => !before.revoked.includes(key)).map((key) => `- key ${key} revoked`),
    ...before.revoked
      .filter((key) => !after.revoked.includes(key))
      .map((key) => `! key ${key} no longer revoked`),
    ...listed('person', before.people, after.people, ({ person }) => person, personChanges),
    ...listed('target', before.targets, after.targets, ({ target }) => target, memberChanges),
  ]
  return lines.length === 0 ? ['nothing changes'] : lines
}

type Person = Roster['people'][number]

function personChanges(before: Person, after: Person): readonly string[] {
  const { keys: keysBefore, ...restBefore } = before
  const { keys: keysAfter, ...restAfter } = after
  const names = (keys: Person['keys']) => new Map(keys.map((key) => [key.key, JSON.stringify(key)]))
  const [old, fresh] = [names(keysBefore), names(keysAfter)]
  return [
    ...memberChanges(restBefore, restAfter),
    ...keysAfter
      .filter(({ key }) => !old.has(key))
      .map((key) => `+ ${key.class} key ${key.key} until ${key.until}`),
    ...keysBefore.filter(({ key }) => !fresh.has(key)).map(({ key }) => `- key ${key}`),
    ...keysAfter
      .filter(({ key }) => old.has(key) && old.get(key) !== fresh.get(key))
      .map(({ key }) => `~ key ${key}`),
  ]
}

function memberChanges(before: object, after: object): readonly string[] {
  const old = before as Readonly<Record<string, unknown>>
  return Object.entries(after).flatMap(([member, value]) => changed(member, show(old[member]), show(value)))
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function changed(what: string, before: string, after: string): readonly string[] {
  return before === after ? [] : [`~ ${what}: ${before} → ${after}`]
}

function listed<T extends object>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
  changes: (before: T, after: T) => readonly string[],
): readonly string[] {
  const old = new Map(before.map((one) => [nameOf(one), one]))
  const kept = new Set(after.map(nameOf))
  return [
    ...before.filter((one) => !kept.has(nameOf(one))).map((one) => `- ${kind} ${nameOf(one)}`),
    ...after.flatMap((one) => {
      const former = old.get(nameOf(one))
      if (former === undefined) return [`+ ${kind} ${nameOf(one)}: ${JSON.stringify(one)}`]
      return changes(former, one).map((line) => `${kind} ${nameOf(one)}: ${line}`)
    }),
  ]
}
