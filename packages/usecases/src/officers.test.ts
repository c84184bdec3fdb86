import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { canonicalBytes, secondsOf, toHex, utf8, type Digest, type Json } from '@chaperone/encoding'
import {
  decodeEvent,
  parseRoster,
  rosterDigest,
  type Roster,
  type SignedRoster,
  type SignedStatement,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  memoryLedger,
  memoryRecords,
  sampleInstant,
  sampleOrganisation,
  testLogKey,
} from '@chaperone/testkit'
import { analystHere } from './analyst.ts'
import type { Office } from './office.ts'
import { liftStop, takeRoster, takeStop } from './officers.ts'

/** What officers do, while something else comes into force between looking and writing. */
const organisation = sampleOrganisation()
const at = sampleInstant(0)
const [one, two] = ['p-officerone', 'p-officertwo'] as const

let office: Office
/** Done once, after the next look at what is in force and before it is used. */
let meanwhile: (() => Promise<unknown>) | undefined

beforeEach(async () => {
  const records = memoryRecords()
  const milliseconds = () => secondsOf(at) * 1000
  meanwhile = undefined
  office = {
    ledger: memoryLedger({ state: records, key: testLogKey(), milliseconds }),
    reader: {
      ...records.reader,
      async stops() {
        const seen = await records.reader.stops()
        const change = meanwhile
        meanwhile = undefined
        await change?.()
        return seen
      },
    },
    ephemera: records.ephemera,
    analyst: analystHere,
    crypto: nodeCrypto,
    clock: { now: () => at, milliseconds },
    random: (length) => randomBytes(length),
  }
  const { rosterBytes: bytes, adoptions } = organisation
  expect(await takeRoster(office, { bytes, adoptions }, {})).toMatchObject({ ok: true })
})

/** Roster 2, with people left out or the like. */
function second(change: Partial<Roster> = {}): SignedRoster {
  const previous = rosterDigest(organisation.rosterBytes, nodeCrypto.sha256)
  const bytes = canonicalBytes({ ...organisation.roster, version: 2, previous, ...change } as unknown as Json)
  const digest = rosterDigest(bytes, nodeCrypto.sha256)
  const adopt = { kind: 'adopt', subject: 'roster', version: 2, digest, previous, issued: at } as const
  const adoptions = [one, two].map((officer) => organisation.sign(officer, { ...adopt, officer }))
  return { bytes, adoptions }
}

function stopBy(officer: string): SignedStatement {
  return organisation.sign(officer, {
    kind: 'stop',
    scope: 'all',
    value: 'all',
    officer,
    issued: at,
    expires: 'never',
  })
}

const digestOf = ({ text }: SignedStatement): Digest => toHex(nodeCrypto.sha256(utf8(text)))
const lift = (stop: SignedStatement) =>
  [one, two].map((officer) =>
    organisation.sign(officer, { kind: 'lift', stop: digestOf(stop), officer, issued: at }),
  )
const kill = () => undefined

async function logged(): Promise<readonly string[]> {
  const { size } = await office.ledger.head()
  return (await office.ledger.entries(0, size)).map(({ leaf }) => {
    const event = decodeEvent(leaf)
    return event.ok ? event.value.type : 'unreadable'
  })
}

test('a stop by somebody who is no officer any more when it is written is refused', async () => {
  const without = organisation.roster.people.filter(({ person }) => person !== one)
  meanwhile = () => takeRoster(office, second({ people: without }), {})
  expect(await takeStop(office, stopBy(one), kill)).toMatchObject({ ok: false })
  expect(await logged()).toEqual(['roster-adopted', 'roster-adopted'])
})

test('a stop while a roster comes into force is judged by the new one', async () => {
  meanwhile = () => takeRoster(office, second(), {})
  expect(await takeStop(office, stopBy(one), kill)).toMatchObject({ ok: true })
  expect(await logged()).toEqual(['roster-adopted', 'roster-adopted', 'stop-ordered'])
})

test('a stop is lifted once', async () => {
  const stop = stopBy(one)
  await takeStop(office, stop, kill)
  meanwhile = () => liftStop(office, digestOf(stop), lift(stop))
  const again = await liftStop(office, digestOf(stop), lift(stop))
  expect(again).toMatchObject({ ok: false, error: { code: 'stop-unknown' } })
  expect(await logged()).toEqual(['roster-adopted', 'stop-ordered', 'stop-lifted'])
})

test('a stop handed in twice stands once, and does not come back when it was lifted', async () => {
  const stop = stopBy(one)
  await takeStop(office, stop, kill)
  expect(await takeStop(office, stop, kill)).toMatchObject({ ok: true })
  await liftStop(office, digestOf(stop), lift(stop))
  expect(await takeStop(office, stop, kill)).toEqual({ ok: false, error: { code: 'stop-lifted' } })
  expect(await logged()).toEqual(['roster-adopted', 'stop-ordered', 'stop-lifted'])
})

test('of two second rosters at once, one comes into force', async () => {
  const [a, b] = [second(), second({ expires: sampleInstant(86_400) })]
  meanwhile = () => takeRoster(office, b, {})
  await expect(takeRoster(office, a, {})).rejects.toMatchObject({ code: 'store-conflict', retryable: true })
  expect(await logged()).toEqual(['roster-adopted', 'roster-adopted'])
  expect((await office.reader.latestRoster())?.roster.bytes).toEqual(b.bytes)
  expect(await takeRoster(office, a, {})).toMatchObject({ error: { code: 'roster-not-next' } })
  expect(parseRoster(a.bytes)).toMatchObject({ ok: true })
})
