import { expect, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import { policyDigest } from './policy-files.ts'

const files = policyFolder()
const digestOf = (changed: ReadonlyMap<string, string>) => policyDigest(changed, nodeCrypto.sha256)
const whole = digestOf(files)

test('the digest does not depend on the order in which files are read', () => {
  expect(digestOf(new Map([...files].reverse()))).toBe(whole)
})

test('every file that decides moves the digest, and no other does', () => {
  const moved = [...files].filter(([path, text]) => digestOf(new Map(files).set(path, `${text} `)) !== whole)
  const still = [...files.keys()].filter((path) => !moved.some(([other]) => other === path))
  expect(still.sort()).toEqual([...files.keys()].filter((path) => /cases/.test(path)).sort())
})

test('a file that comes or goes moves the digest', () => {
  expect(digestOf(new Map(files).set('open/more.cedar', ''))).not.toBe(whole)
  const fewer = new Map(files)
  fewer.delete('tables/eu-members.json')
  expect(digestOf(fewer)).not.toBe(whole)
})

test('a regime has a digest of its own, which its shared rules and tables move', async () => {
  const before = (await testPolicies(files)).policies
  const path = 'tables/eu-members.json'
  const changed = new Map(files).set(path, (files.get(path) ?? '').replace('"AT", ', ''))
  const after = (await testPolicies(changed)).policies
  const moved = [...before.regimes.keys()].filter(
    (regime) => before.regimes.get(regime)?.digest !== after.regimes.get(regime)?.digest,
  )
  expect(moved).toEqual(['secnumcloud'])
  expect(after.digest).not.toBe(before.digest)
})
