import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { fromUtf8, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  checkLoad,
  checkLog,
  openTestLedger,
  startTestPostgres,
  writeSteadily,
  type CounterSchema,
  type TestPostgres,
} from '@chaperone/testkit'
import { leafHash } from '@chaperone/tlog'
import { openDatabase, type Database } from '../database/open-database.ts'
import { copyOf } from './fork-guard.ts'
import { moveBatch, readFrontier, readOutbox } from './log-tables.ts'

let postgres: TestPostgres
let folder: string
let database: Database<CounterSchema>
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cp-sequencer-'))
  database = await postgres.freshDatabase<CounterSchema>()
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A second gateway: connections and a guard of its own, the same key. */
async function secondGateway() {
  const { rows } = await database.pool.query<{ name: string }>('select current_database() as name')
  const address = { ...postgres.server.connection, database: rows[0]?.name ?? '' }
  const other = openDatabase<CounterSchema>({ address, poolSize: 4 })
  const opened = await openTestLedger(other, { folder, guardFile: join(folder, 'second-guard') })
  return { ...opened, close: () => opened.ledger.close().finally(() => other.close()) }
}

/** Moves what waits, as a sequencer that does not know that it was replaced. */
async function move(before: Awaited<ReturnType<typeof readFrontier>>): Promise<boolean | undefined> {
  const rows = await readOutbox(database.pool, 10)
  if (rows.length === 0) return undefined
  const after = copyOf(before, nodeCrypto.sha256)
  const hashes = rows.map((row) => leafHash(row.leaf, nodeCrypto.sha256))
  for (const hash of hashes) after.append(hash)
  return moveBatch(database.pool, {
    before: before.size,
    after,
    outboxIds: rows.map((row) => row.id),
    hashes,
  })
}

test('two gateways acknowledge each other’s events; when the sequencing one ends, the other takes over', async () => {
  const first = await openTestLedger(database, { folder })
  const second = await secondGateway()
  const answers = new Map<string, 'acknowledged' | 'not-kept'>()
  const write = async (opened: Pick<typeof first, 'ledger' | 'increment'>, name: string) => {
    for (let i = 0; i < 10; i++) {
      const event = `${name} ${i + 1} x`
      await opened.ledger.transact(async (tx) => {
        await opened.increment(tx.sql, name)
        tx.append(utf8(event))
      })
      answers.set(event, 'acknowledged')
    }
  }
  await Promise.all([write(first, 'a'), write(second, 'b'), write(second, 'c')])
  await first.ledger.close()
  await write(second, 'd')
  expect(await checkLoad(second, answers)).toEqual({ events: 40, acknowledged: 40 })
  await second.close()
})

test('whoever knows an older size moves nothing', async () => {
  const opened = await openTestLedger(database, { folder })
  const stale = await readFrontier(database.pool, nodeCrypto.sha256)
  await opened.ledger.transact(async (tx) => tx.append(utf8('a')))
  await opened.ledger.close()
  await database.pool.query('insert into outbox (leaf) values ($1)', [Buffer.from('b')])
  expect(await move(stale)).toBe(false)
  expect((await readOutbox(database.pool, 10)).map((row) => fromUtf8(row.leaf))).toEqual(['b'])
  const head = await readFrontier(database.pool, nodeCrypto.sha256)
  expect(head.size).toBe(1)
  expect(await move(head)).toBe(true)
  await using again = await openTestLedger(database, { folder })
  await again.ledger.waitFor(2)
  expect((await checkLog(again.ledger, again.key)).map(fromUtf8)).toEqual(['a', 'b'])
})

test('a sequencer whose outbox row vanished moves nothing', async () => {
  const opened = await openTestLedger(database, { folder })
  await opened.ledger.close()
  const head = await readFrontier(database.pool, nodeCrypto.sha256)
  const after = copyOf(head, nodeCrypto.sha256)
  const hash = leafHash(utf8('a'), nodeCrypto.sha256)
  after.append(hash)
  expect(await moveBatch(database.pool, { before: 0, after, outboxIds: [77], hashes: [hash] })).toBe(false)
  expect((await readFrontier(database.pool, nodeCrypto.sha256)).size).toBe(0)
})

test('a sequencer without the lock makes no second log: the other is fenced and goes on from where it was', async () => {
  await using opened = await openTestLedger(database, { folder })
  const stop = new AbortController()
  const answers = new Map<string, 'acknowledged' | 'not-kept'>()
  const writing = writeSteadily(opened, 4, stop.signal, (event, answer) => answers.set(event, answer))
  const since = performance.now()
  let moved = 0
  while (moved < 5 && performance.now() - since < 40_000) {
    if (await move(await readFrontier(database.pool, nodeCrypto.sha256))) {
      moved++
      // Nobody but the fenced one signs: until it did, nothing of this batch is acknowledged.
      await opened.ledger.waitFor((await readFrontier(database.pool, nodeCrypto.sha256)).size)
    }
  }
  stop.abort()
  await writing
  expect(moved).toBe(5)
  expect((await checkLoad(opened, answers)).acknowledged).toBe(answers.size)
})

test('a head that was committed and never signed is signed at the next start', async () => {
  const first = await openTestLedger(database, { folder })
  await first.ledger.transact(async (tx) => tx.append(utf8('a')))
  const note = await first.ledger.checkpoint()
  await first.ledger.close()
  await database.pool.query('delete from checkpoint where size = 1')
  await using again = await openTestLedger(database, { folder })
  await again.ledger.waitFor(1)
  expect(await again.ledger.checkpoint()).toBe(note)
})
