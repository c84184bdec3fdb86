import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toHex, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { recordsContract, startTestPostgres, testLogKey, type TestPostgres } from '@chaperone/testkit'
import { migrate, openLedger } from '../postgres/index.ts'
import { orderKeys } from './order-keys.ts'
import { postgresEphemera } from './postgres-ephemera.ts'
import { postgresReader } from './postgres-reader.ts'
import { postgresRecords } from './postgres-records.ts'
import { postgresVault } from './postgres-vault.ts'
import type { RecordSchema } from './schema.ts'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

async function subject() {
  const folder = mkdtempSync(join(tmpdir(), 'cp-records-'))
  const database = await postgres.freshDatabase<RecordSchema>()
  await migrate(database.sql)
  const keys = orderKeys(randomBytes(32))
  const ledger = await openLedger({
    database,
    state: (sql) => postgresRecords(sql, keys),
    key: testLogKey(),
    sha256: nodeCrypto.sha256,
    guardFile: join(folder, 'guard'),
    onFatal: (failure) => {
      throw failure
    },
  })
  return {
    ledger,
    keys,
    database,
    reader: postgresReader(database.sql, keys),
    ephemera: postgresEphemera(database.sql),
    async [Symbol.asyncDispose]() {
      await ledger.close()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test.for(recordsContract(subject))('$name', ({ run }) => run())

test('openings and recordings stand sealed in the database, and open no more when the order’s key is destroyed', async () => {
  await using made = await subject()
  const { ledger, database, reader, keys } = made
  const order = 'wo-aaaaaaaa'
  const vault = postgresVault(database.sql, keys)
  const secretText = 'mysql -p hunter2'
  const opening = {
    commitment: '1'.repeat(64),
    order,
    kind: 'step',
    salt: '2'.repeat(64),
    value: utf8(secretText),
  }
  await ledger.transact((tx) => tx.sql.putOpening(opening))
  const sealed = await vault.seal(order, 'r'.repeat(32), 0, utf8(secretText.repeat(9)))
  expect(await vault.open(order, 'r'.repeat(32), 0, sealed)).toEqual(Buffer.from(secretText.repeat(9)))
  const { rows } = await database.pool.query<{ sealed: Buffer }>('select sealed from opening')
  expect(toHex(rows[0]?.sealed ?? new Uint8Array())).not.toContain(toHex(utf8('hunter2')))

  await database.sql.updateTable('order_key').set({ wrapped: null }).execute()
  expect(await reader.opening(opening.commitment)).toBeUndefined()
  expect(await reader.openings(order)).toEqual([])
  expect(await vault.open(order, 'r'.repeat(32), 0, sealed)).toBeUndefined()
  await expect(
    ledger.transact((tx) => tx.sql.putOpening({ ...opening, commitment: '3'.repeat(64) })),
  ).rejects.toMatchObject({
    code: 'order-erased',
  })
})

test('a sealed value moved to another place does not open', async () => {
  await using made = await subject()
  const vault = postgresVault(made.database.sql, made.keys)
  const sealed = await vault.seal('wo-aaaaaaaa', 'r'.repeat(32), 0, utf8('frames'))
  await vault.seal('wo-bbbbbbbb', 'r'.repeat(32), 0, utf8('frames'))
  await expect(vault.open('wo-aaaaaaaa', 'r'.repeat(32), 1, sealed)).rejects.toThrow()
  await expect(vault.open('wo-bbbbbbbb', 'r'.repeat(32), 0, sealed)).rejects.toThrow()
})
