import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  checkLog,
  openTestLedger,
  startTestPostgres,
  type CounterSchema,
  type TestLedger,
  type TestPostgres,
} from '@chaperone/testkit'
import { checkTree, openCheckpoint, tilePath } from '@chaperone/tlog'
import type { Database } from '../database/open-database.ts'
import { makePublisher } from './publish.ts'

let postgres: TestPostgres
let folder: string
let database: Database<CounterSchema>
let opened: TestLedger
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cp-publish-'))
  database = await postgres.freshDatabase<CounterSchema>()
  opened = await openTestLedger(database, { folder })
})
afterEach(async () => {
  await opened.ledger.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const { sha256 } = nodeCrypto
const publisher = (name = 'log') => makePublisher({ folder: join(folder, name), db: database.pool, sha256 })

async function append(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 4096) {
    await opened.ledger.transact(async (tx) => {
      for (let i = 0; i < Math.min(left, 4096); i++) tx.append(Buffer.from(`entry ${left - i}`))
    })
  }
}

function files(name = 'log'): ReadonlyMap<string, string> {
  const root = join(folder, name)
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  const real = all.filter((path) => statSync(join(root, path)).isFile())
  return new Map(real.map((path) => [path, readFileSync(join(root, path)).toString('base64')]))
}

/** Reads the folder as a stranger would, with the log's key and nothing else. */
async function expectProven(name = 'log'): Promise<void> {
  const root = join(folder, name)
  const checkpoint = openCheckpoint(readFileSync(join(root, 'checkpoint'), 'utf8'), opened.key, nodeCrypto)
  if (!checkpoint.ok) throw new Error(checkpoint.error.code)
  const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined)
  const leaves: string[] = []
  const keep = (_: number, entry: Uint8Array) => leaves.push(Buffer.from(entry).toString())
  const { size, root: hash } = checkpoint.value
  expect(checkTree({ read }, size, hash, sha256, keep)).toEqual({ ok: true, value: undefined })
  const log = await checkLog(opened.ledger, opened.key)
  expect(leaves).toEqual(log.map((leaf) => Buffer.from(leaf).toString()))
}

test('publishes an empty log, then partial tiles, then complete ones, each provable', async () => {
  const { publish } = publisher()
  for (const more of [0, 1, 254, 1, 1, 300]) {
    await append(more)
    await publish()
    await expectProven()
  }
  expect(files().has(tilePath('entries', 0))).toBe(true)
  expect([...files().keys()].filter((path) => path.includes('000.p/'))).toEqual([
    'tile/1/000.p/1',
    'tile/1/000.p/2',
  ])
})

test('writes a complete tile once', async () => {
  const { publish } = publisher()
  await append(300)
  await publish()
  const tile = join(folder, 'log', tilePath(0, 0))
  const before = statSync(tile).ino
  await append(300)
  await publish()
  expect(statSync(tile).ino).toBe(before)
})

test('gives the same bytes again when the folder was deleted, or went on from another process', async () => {
  const first = publisher()
  await append(700)
  await first.publish()
  const whole = files()
  rmSync(join(folder, 'log'), { recursive: true })
  await publisher().publish()
  expect(files()).toEqual(whole)
  await append(100)
  await publisher().publish()
  await publisher('fresh').publish()
  for (const [path, bytes] of files('fresh')) expect(files().get(path)).toBe(bytes)
  await expectProven()
})

test.for([
  ['a partial tile was changed', tilePath(0, 2, 188), 'x'],
  [
    'a checkpoint is of another log',
    'checkpoint',
    `log.example/test\n700\n${'A'.repeat(43)}=\n\n— x AAAAAAAA\n`,
  ],
  ['a checkpoint is no note', 'checkpoint', 'x'],
] as const)('writes everything anew when %s', async ([, path, text]) => {
  await append(700)
  await publisher().publish()
  const whole = files()
  writeFileSync(join(folder, 'log', path), text)
  writeFileSync(join(folder, 'log', tilePath(0, 7)), 'left over from a longer log')
  await publisher().publish()
  expect(files()).toEqual(whole)
})

test('refuses to publish entries that are not those that were signed', async () => {
  await append(300)
  await database.pool.query(`update log_entry set leaf = 'forged' where index = 270`)
  await expect(publisher().publish()).rejects.toMatchObject({ code: 'log-damaged' })
  expect(existsSync(join(folder, 'log', 'checkpoint'))).toBe(false)
})

test('publishes cosignatures that come later', async () => {
  const { publish } = publisher()
  await append(1)
  await publish()
  const line = `— witness ${Buffer.alloc(76, 1).toString('base64')}`
  await opened.ledger.addCosignature(1, line)
  await publish()
  expect(readFileSync(join(folder, 'log', 'checkpoint'), 'utf8').split('\n')).toContain(line)
})

test('publishes a log whose second level is complete', async () => {
  await append(65_536 + 300)
  await publisher().publish()
  expect(files().has(tilePath(1, 0))).toBe(true)
  expect(files().has(tilePath(2, 0, 1))).toBe(true)
  expect(files().has('tile/entries/256')).toBe(true)
  await expectProven()
  await append(1)
  await publisher().publish()
  await expectProven()
})
