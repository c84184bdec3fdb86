import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { fromBase64, publicKeyLine, parsePublicKey } from '@chaperone/encoding'
import { adoptRoster, rosterDigest } from '@chaperone/domain'
import { generateKey, loadPrivateKey, nodeCrypto } from '@chaperone/node-crypto'
import { parseVerifierKey } from '@chaperone/tlog'
import { parseTrustRoot } from '@chaperone/verify'
import { initialise } from './initialise.ts'
import { placesOf, type Places } from './places.ts'
import { lockInstallation } from './lock.ts'
import { firstInstallation, now, officer, peopleOf, temporaryFolder } from '../test/first-installation.ts'

const root = process.getuid?.() === 0

function bootstrapIn(places: Places) {
  const file = JSON.parse(readFileSync(places.bootstrap, 'utf8')) as {
    bytes: string
    adoptions: { text: string; signature: string }[]
    names: Record<string, string>
  }
  return { ...file, bytes: fromBase64(file.bytes) ?? new Uint8Array() }
}

test('makes a roster that its officers adopted, under the trust root that is printed', async () => {
  using folder = temporaryFolder()
  const made = await initialise(firstInstallation(folder.path))
  expect(made).toMatchObject({ ok: true })
  if (!made.ok) return
  const { places, trustRoot, authority } = made.value
  expect(parseTrustRoot(readFileSync(places.trustRoot, 'utf8'))).toEqual({ ok: true, value: trustRoot })
  const { bytes, adoptions, names } = bootstrapIn(places)
  expect(names).toEqual({ 'p-officerone': 'Olga', 'p-officertwo': 'Ben' })
  expect(rosterDigest(bytes, nodeCrypto.sha256)).toBe(trustRoot.rosterDigest)
  expect(adoptRoster({ bytes, adoptions }, undefined, '', now, nodeCrypto)).toMatchObject({
    ok: true,
    value: { version: 1, organisation: 'sample', log: { key: trustRoot.logKey } },
  })
  const keyIn = (folderOf: string, name: string) => loadPrivateKey(readFileSync(join(folderOf, name), 'utf8'))
  const verifierKeyIn = (text: string) => parseVerifierKey(text, nodeCrypto.sha256)
  expect(verifierKeyIn(trustRoot.logKey)?.publicKey).toEqual(keyIn(places.gateway, 'log.key').point)
  expect(verifierKeyIn(trustRoot.signerKey)?.publicKey).toEqual(keyIn(places.signer, 'cosigner.key').point)
  expect(keyIn(places.signer, 'ca.key').blob).toEqual(authority)
  expect(fromBase64(readFileSync(join(places.gateway, 'kek'), 'utf8').trim())).toHaveLength(32)
  const token = readFileSync(join(places.gateway, 'desk.token'), 'utf8')
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
  expect(readFileSync(join(places.desk, 'desk.token'), 'utf8')).toBe(token)
})

test('refuses to run twice and leaves everything as it was', async () => {
  using folder = temporaryFolder()
  const made = await initialise(firstInstallation(folder.path))
  const places = placesOf(folder.path)
  const before = readFileSync(join(places.signer, 'ca.key'), 'utf8')
  await expect(initialise(firstInstallation(folder.path))).rejects.toMatchObject({
    code: 'already-initialised',
  })
  expect(readFileSync(join(places.signer, 'ca.key'), 'utf8')).toBe(before)
  expect(made).toMatchObject({
    ok: true,
    value: { trustRoot: JSON.parse(readFileSync(places.trustRoot, 'utf8')) },
  })
})

test('more officers than an entry of the log has room for are a fault', async () => {
  using folder = temporaryFolder()
  const five = ['one', 'two', 'three', 'four', 'five'].map((name) => officer(`p-officer${name}`))
  await expect(initialise(firstInstallation(folder.path, five))).rejects.toMatchObject({
    code: 'officers-too-many',
  })
  const four = firstInstallation(folder.path, five.slice(0, 4))
  expect(await initialise(four)).toMatchObject({ ok: true })
})

test('refuses while the installation runs', async () => {
  using folder = temporaryFolder()
  using _lock = lockInstallation(folder.path)
  await expect(initialise(firstInstallation(folder.path))).rejects.toMatchObject({
    code: 'installation-in-use',
  })
})

test('a run that an officer broke off is begun anew', async () => {
  using folder = temporaryFolder()
  const options = firstInstallation(folder.path)
  const gone = { ...officer('p-officertwo'), sign: () => Promise.reject(new Error('the token was pulled')) }
  const first = initialise({ ...options, officers: [options.officers[0]!, gone] })
  await expect(first).rejects.toThrow('the token was pulled')
  expect(await initialise(options)).toMatchObject({ ok: true })
})

test.for<[code: string, change: (options: ReturnType<typeof firstInstallation>) => object]>([
  ['adoption-needs-two', ({ officers }) => ({ officers: officers.slice(0, 1) })],
  ['adoption-needs-two', ({ officers }) => ({ officers: [officers[0], officers[0]] })],
  ['key-not-in-roster', ({ officers }) => ({ officers: [officers[0], officer('p-officertwo')] })],
  ['roster-expired', () => ({ expires: now })],
  ['roster-malformed', () => ({ policy: 'none' })],
  [
    'roster-duplicate',
    ({ officers }) => ({
      roster: () => Promise.resolve({ people: [...peopleOf(officers), ...peopleOf(officers)], targets: [] }),
    }),
  ],
])('refuses with %s, and nothing is in force', async ([code, change]) => {
  using folder = temporaryFolder()
  const options = firstInstallation(folder.path)
  const made = await initialise({ ...options, ...change(options) })
  expect(made).toMatchObject({ ok: false, error: { code } })
  expect(() => statSync(placesOf(folder.path).trustRoot)).toThrow('ENOENT')
})

test('every secret is its process’s alone', async () => {
  using folder = temporaryFolder()
  await initialise(firstInstallation(folder.path))
  const places = placesOf(folder.path)
  const secrets: readonly (readonly [path: string, owner: string])[] = [
    [join(places.gateway, 'log.key'), 'chaperone-gateway'],
    [join(places.gateway, 'kek'), 'chaperone-gateway'],
    [join(places.gateway, 'desk.token'), 'chaperone-gateway'],
    [places.bootstrap, 'chaperone-gateway'],
    [join(places.desk, 'desk.token'), 'chaperone-desk'],
    [join(places.signer, 'ca.key'), 'chaperone-signer'],
    [join(places.signer, 'cosigner.key'), 'chaperone-signer'],
  ]
  const folders = [places.gateway, places.desk, places.signer]
  for (const [path, owner] of secrets) {
    expect({ path, mode: modeOf(path), owner: ownerOf(path) }).toEqual({
      path,
      mode: '400',
      owner: root ? owner : userInfo().username,
    })
  }
  expect(folders.map(modeOf)).toEqual(['700', '700', '700'])
  expect([places.trustRoot, places.config].map(modeOf)).toEqual(['644', '644'])
  expect([places.sockets.signerFolder, places.sockets.agents].map(modeOf)).toEqual(['2750', '2750'])
})

test('an authority in an agent is named in the roster, and no key is made for it', async () => {
  using folder = temporaryFolder()
  const { key } = generateKey('ecdsa-sha2-nistp256')
  const parsed = parsePublicKey(key.blob)
  const line = parsed.ok ? publicKeyLine(parsed.value) : ''
  const config = { organisation: 'sample', caKey: { agent: '/run/hsm.sock', publicKey: line } }
  const made = await initialise({ ...firstInstallation(folder.path), config })
  expect(made).toMatchObject({ ok: true, value: { authority: key.blob } })
  expect(() => statSync(join(placesOf(folder.path).signer, 'ca.key'))).toThrow('ENOENT')
})

test('an unusable authority is a fault', async () => {
  using folder = temporaryFolder()
  const config = { organisation: 'sample', caKey: { agent: '/run/hsm.sock', publicKey: 'ssh-rsa AAAA' } }
  const made = initialise({ ...firstInstallation(folder.path), config })
  await expect(made).rejects.toMatchObject({ code: 'ca-key-unusable' })
})

test('a configuration that is there is kept', async () => {
  using folder = temporaryFolder()
  const options = firstInstallation(folder.path)
  await initialise({ ...options, officers: options.officers.slice(0, 1) })
  const made = await initialise({ ...options, config: { organisation: 'another' } })
  expect(made).toMatchObject({ ok: true, value: { trustRoot: { organisation: 'sample' } } })
})

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8)
}

function ownerOf(path: string): string {
  const passwd = readFileSync('/etc/passwd', 'utf8').split('\n')
  const { uid } = statSync(path)
  return passwd.map((line) => line.split(':')).find((fields) => Number(fields[2]) === uid)?.[0] ?? String(uid)
}
