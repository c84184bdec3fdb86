import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { afterAll, beforeAll, test } from 'vitest'
import { nodeCrypto } from '@chaperone/node-crypto'
import { ledgerContract, startTestPostgres, testLogKey, type TestPostgres } from '@chaperone/testkit'
import { migrate } from '../database/migrate.ts'
import { openLedger } from './postgres-ledger.ts'

interface Counters {
  readonly counter: { name: string; value: number }
}

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

async function subject() {
  const folder = mkdtempSync(join(tmpdir(), 'cp-ledger-'))
  const database = await postgres.freshDatabase<Counters>()
  await migrate(database.sql)
  await sql`create table counter (name text primary key, value bigint not null)`.execute(database.sql)
  const key = testLogKey()
  const ledger = await openLedger({
    database,
    state: (statements) => statements,
    key,
    sha256: nodeCrypto.sha256,
    guardFile: join(folder, 'guard'),
    onFatal: (failure) => {
      throw failure
    },
  })
  return {
    ledger,
    key: key.verifier,
    async increment(statements: Kysely<Counters>, name: string) {
      const row = await statements
        .insertInto('counter')
        .values({ name, value: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((given) => ({ value: given('counter.value', '+', 1) })),
        )
        .returning('value')
        .executeTakeFirstOrThrow()
      return row.value
    },
    async read(name: string) {
      const row = await database.sql
        .selectFrom('counter')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirst()
      return row?.value ?? 0
    },
    async [Symbol.asyncDispose]() {
      await ledger.close()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test.for(ledgerContract(subject))('$name', ({ run }) => run())
