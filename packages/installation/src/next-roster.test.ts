import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes, type Json } from '@chaperone/encoding'
import {
  adoptRoster,
  parseRoster,
  rosterDigest,
  type RosterPerson,
  type RosterTarget,
} from '@chaperone/domain'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import { sampleOrganisation } from '@chaperone/testkit'
import { adoptionBy } from './initialise.ts'
import { nextRoster, rosterKey, type NextRoster, type RosterChange } from './next-roster.ts'
import { fromUtf8 } from '@chaperone/encoding'
import { parseStatement } from '@chaperone/domain'

const { sha256 } = nodeCrypto
const organisation = sampleOrganisation()
const current: NextRoster = { roster: organisation.roster, bytes: organisation.rosterBytes }
const at = '2026-11-24T12:00:00Z'
const validity = { from: at, until: '2027-11-24T12:00:00Z' }
const held = organisation.roster.people[1]!.keys[0]!.key
const fresh = () => rosterKey(generateKey().key.blob, 'software', validity, [], sha256)
const somebody: RosterPerson = {
  person: 'p-somebody1',
  roles: ['escort'],
  regimes: ['open'],
  until: validity.until,
  keys: [],
}
const target: RosterTarget = { ...organisation.roster.targets[0]!, target: 'mail-1' }

test.for<[code: string, changes: readonly RosterChange[]]>([
  ['person-unknown', [{ kind: 'add-key', person: 'p-nobodyhere', key: fresh() }]],
  ['person-unknown', [{ kind: 'remove-person', person: 'p-nobodyhere' }]],
  ['target-unknown', [{ kind: 'remove-target', target: 'nowhere' }]],
  ['key-unknown', [{ kind: 'revoke-key', key: fresh().key }]],
  [
    'key-revoked',
    [
      { kind: 'revoke-key', key: held },
      { kind: 'add-key', person: 'p-escorttwo', key: { ...fresh(), key: held } },
    ],
  ],
  ['roster-duplicate', [{ kind: 'add-key', person: 'p-escorttwo', key: { ...fresh(), key: held } }]],
  ['roster-malformed', [{ kind: 'set-expiry', expires: 'tomorrow' }]],
])('refuses with %s', ([code, changes]) => {
  expect(nextRoster(current, changes, at, sha256)).toMatchObject({ ok: false, error: { code } })
})

test.for<[change: RosterChange, expected: (next: NextRoster['roster']) => unknown]>([
  [{ kind: 'set-person', person: somebody }, ({ people }) => people.at(-1)?.person === 'p-somebody1'],
  [
    { kind: 'remove-person', person: 'p-escortone' },
    ({ people }) => people.every((p) => p.person !== 'p-escortone'),
  ],
  [{ kind: 'set-target', target }, ({ targets }) => targets.length === 3],
  [
    { kind: 'set-target', target: { ...target, target: 'web-1', quorum: 3 } },
    ({ targets }) => targets[0]?.quorum === 3,
  ],
  [{ kind: 'remove-target', target: 'web-1' }, ({ targets }) => targets.length === 1],
  [{ kind: 'revoke-key', key: held }, ({ revoked }) => revoked.includes(held)],
  [
    { kind: 'set-expiry', expires: '2030-01-01T00:00:00Z' },
    ({ expires }) => expires === '2030-01-01T00:00:00Z',
  ],
])('makes the change $0.kind', ([change, expected]) => {
  const next = nextRoster(current, [change], at, sha256)
  expect(next).toMatchObject({ ok: true, value: { roster: { version: 2, issued: at } } })
  if (next.ok) expect(expected(next.value.roster)).toBe(true)
})

test('whatever is changed, two officers of the current roster can adopt what comes out', async () => {
  const changes = fc.array(
    fc.oneof(
      fc.constantFrom<RosterChange>(
        { kind: 'set-person', person: somebody },
        { kind: 'set-target', target },
        { kind: 'set-expiry', expires: '2031-01-01T00:00:00Z' },
        { kind: 'revoke-key', key: held },
      ),
      fc.constant(null).map((): RosterChange => ({ kind: 'add-key', person: 'p-auditorone', key: fresh() })),
    ),
    { maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(changes, async (list) => {
      const next = nextRoster(current, list, at, sha256)
      if (!next.ok) return
      const { roster, bytes } = next.value
      expect(parseRoster(bytes)).toEqual({ ok: true, value: roster })
      expect(bytes).toEqual(canonicalBytes(roster as unknown as Json))
      const adoptions = await Promise.all(
        ['p-officerone', 'p-officertwo'].map((person) => adoptionBy(signing(person), roster, bytes, at)),
      )
      const digest = rosterDigest(current.bytes, sha256)
      expect(adoptRoster({ bytes, adoptions }, current.roster, digest, at, nodeCrypto)).toEqual({
        ok: true,
        value: roster,
      })
    }),
    { numRuns: 30 },
  )
})

function signing(person: string) {
  return {
    person,
    sign(bytes: Uint8Array) {
      const statement = parseStatement(bytes)
      if (!statement.ok) throw new Error(`not a statement: ${fromUtf8(bytes)}`)
      return Promise.resolve(organisation.sign(person, statement.value).signature)
    },
  }
}
