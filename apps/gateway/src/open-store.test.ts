import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { toBase64, utf8 } from '@chaperone/encoding'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import { checkLog, startTestPostgres, type TestPostgres } from '@chaperone/testkit'
import { printVerifierKey, verifierKey } from '@chaperone/tlog'
import { openStore } from './open-store.ts'

const origin = 'log.example/store'
let postgres: TestPostgres
let folder: string
let trustRootFile: string
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

const { key, file } = generateKey()
const log = verifierKey(origin, 1, key.point, nodeCrypto.sha256)

function writeRoot(logKey = printVerifierKey(log)): void {
  const root = { format: 'chaperone-root/v1', organisation: 'sample', origin, logKey, signerKey: logKey }
  writeFileSync(trustRootFile, JSON.stringify({ ...root, rosterDigest: '1'.repeat(64) }))
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cp-store-'))
  trustRootFile = join(folder, 'root.json')
  writeFileSync(join(folder, 'log.key'), file)
  writeFileSync(join(folder, 'kek'), `${toBase64(new Uint8Array(32).fill(7))}\n`)
  writeRoot()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () =>
  openStore({ database: postgres.server.connection, folder, trustRootFile }, (failure) => {
    throw failure
  })

test('keeps records and log, guards and publishes them, and finds them again', async () => {
  const first = await open()
  const opening = { commitment: '2'.repeat(64), order: 'wo-aaaaaaaa', kind: 'note', salt: '3'.repeat(64) }
  await first.ledger.transact(async (tx) => {
    await tx.sql.putOpening({ ...opening, value: utf8('value') })
    tx.append(utf8('event'))
  })
  expect(await checkLog(first.ledger, log)).toHaveLength(1)
  await first.close()
  expect(existsSync(join(folder, 'fork-guard'))).toBe(true)
  const second = await open()
  expect(await checkLog(second.ledger, log)).toHaveLength(1)
  await expect.poll(() => existsSync(join(folder, 'log', 'tile', 'entries', '000.p', '1'))).toBe(true)
  await second.close()
})

test.for([
  ['log-key-mismatch', () => writeFileSync(join(folder, 'log.key'), generateKey().file)],
  ['log-key-mismatch', () => writeFileSync(join(folder, 'log.key'), generateKey('ecdsa-sha2-nistp256').file)],
  ['key-unusable', () => writeFileSync(join(folder, 'log.key'), 'no key')],
  ['key-unusable', () => writeFileSync(join(folder, 'kek'), toBase64(new Uint8Array(31)))],
  ['key-unusable', () => writeFileSync(join(folder, 'kek'), 'not base64!')],
  ['trust-root-malformed', () => writeFileSync(trustRootFile, '{}')],
  [
    'trust-root-malformed',
    () => writeRoot(printVerifierKey(verifierKey('another', 1, key.point, nodeCrypto.sha256))),
  ],
  ['fork-guard-unreadable', () => writeFileSync(join(folder, 'fork-guard'), 'x')],
] as const)('does not start with %s', async ([code, prepare]) => {
  prepare()
  await expect(open()).rejects.toMatchObject({ code })
})
