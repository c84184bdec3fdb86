import { expect, test } from 'vitest'
import { concat, skP256Blob } from '@chaperone/encoding'
import type { Roster } from '@chaperone/domain'
import { sampleDraft } from '@chaperone/testkit'
import { passkeysOf } from './passkeys.ts'

const { escort, noon, origin, rosterWith, rpId, withPerson } = sampleDraft
const point = concat(new Uint8Array([4]), new Uint8Array(64).fill(7))
const roster = rosterWith([skP256Blob(point, rpId)])
const here = { rpId, origin, now: noon }

test('a passkey of the roster counts at the desk that it was made for', () => {
  expect(passkeysOf(roster, escort, here)).toHaveLength(1)
})

test.for<[what: string, change: (roster: Roster) => Roster]>([
  ['nobody has one', (r) => withPerson(r, escort, { keys: [] })],
  ['another relying party', () => rosterWith([skP256Blob(point, 'app.localhost')])],
  ['another origin', (r) => withKeys(r, { origins: ['http://app.localhost:8400'] })],
  ['another kind of key', (r) => withKeys(r, { class: 'fido2' })],
  ['it has run out', (r) => withKeys(r, { until: noon })],
  ['it is revoked', (r) => ({ ...r, revoked: keysOf(r).map(({ key }) => key) })],
])('none counts when %s', ([, change]) => {
  expect(passkeysOf(change(roster), escort, here)).toEqual([])
})

function keysOf(of: Roster) {
  return of.people.find(({ person }) => person === escort)?.keys ?? []
}

function withKeys(of: Roster, change: Partial<ReturnType<typeof keysOf>[number]>): Roster {
  return withPerson(of, escort, { keys: keysOf(of).map((key) => ({ ...key, ...change })) })
}
