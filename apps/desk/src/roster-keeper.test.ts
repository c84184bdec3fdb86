import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toBase64 } from '@chaperone/encoding'
import type { Roster } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { rosterKeeper } from './roster-keeper.ts'
import { sampleDraft } from '@chaperone/testkit'

const { adopted, noon, rosterWith } = sampleDraft
type SampleRoster = sampleDraft.SampleRoster

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'chaperone-desk-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const first = rosterWith([])
const one = adopted(first)
const after = (before: SampleRoster, change: Partial<Roster> = {}): Roster => ({
  ...first,
  version: before.version + 1,
  previous: before.digest,
  ...change,
})
const two = adopted(after(one))
const three = adopted(after(two))

/** A keeper over a gateway that hands out these, asked for or not. */
function keeperOf(
  offered: readonly SampleRoster[],
  root = { organisation: 'sample', rosterDigest: one.digest },
) {
  const rosters = offered.map(({ version, bytes, adoptions }) => ({
    version,
    bytes: toBase64(bytes),
    adoptions: [...adoptions],
  }))
  return rosterKeeper({ rosters: () => Promise.resolve(rosters) }, root, folder, nodeCrypto)
}

const refused = (code: string) => expect.objectContaining({ refusal: expect.objectContaining({ code }) })

test('it follows the rosters from the trust root, in whatever order they come', async () => {
  await expect(keeperOf([three, one, two]).current(noon)).resolves.toMatchObject({ version: 3 })
})

const skipped = adopted({ ...after(two), previous: one.digest })
test.for<[what: string, offered: readonly SampleRoster[], code: string]>([
  ['nothing', [], 'trust-root-wrong'],
  [
    'a first roster that is not the root’s',
    [adopted({ ...first, policy: '3'.repeat(64) })],
    'trust-root-wrong',
  ],
  ['a gap', [one, three], 'trust-root-wrong'],
  ['another chain', [one, two, skipped], 'trust-root-wrong'],
  ['one officer', [one, adopted(after(one), ['p-officerone'])], 'trust-root-wrong'],
  ['one officer twice', [one, adopted(after(one), ['p-officerone', 'p-officerone'])], 'trust-root-wrong'],
  ['adoptions of another', [one, { ...two, adoptions: one.adoptions }], 'trust-root-wrong'],
  ['other bytes', [one, { ...two, bytes: three.bytes }], 'trust-root-wrong'],
  ['no bytes of a roster', [one, { ...two, bytes: new Uint8Array([1]) }], 'trust-root-wrong'],
  ['another organisation', [one, adopted(after(one, { organisation: 'other' }))], 'trust-root-wrong'],
  ['an expired one', [one, adopted(after(one, { expires: noon }))], 'roster-expired'],
])('it refuses %s', async ([, offered, code]) => {
  await expect(keeperOf(offered).current(noon)).rejects.toEqual(refused(code))
})

test('after a restart it does not go back, and needs no older roster', async () => {
  await keeperOf([one, two]).current(noon)
  await expect(keeperOf([one]).current(noon)).resolves.toMatchObject({ version: 2 })
  await expect(keeperOf([three]).current(noon)).resolves.toMatchObject({ version: 3 })
})

test('a damaged state is a fault, not a fresh start', () => {
  writeFileSync(join(folder, 'highest-roster.json'), '{}')
  expect(() => keeperOf([one])).toThrow(expect.objectContaining({ code: 'state-damaged' }))
})
