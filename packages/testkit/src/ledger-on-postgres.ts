import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import {
  migrate,
  openLedger,
  type Contradiction,
  type Database,
  type PostgresLedger,
} from '@chaperone/adapters'
import { generateKey, loadPrivateKey, nodeCrypto } from '@chaperone/node-crypto'
import type { VerifierKey } from '@chaperone/tlog'
import { testLogKey } from './ledger-key.ts'

/** State of a test: counters that only grow. */
export interface CounterSchema {
  readonly counter: { name: string; value: number }
}

export interface TestLedgerOptions {
  /** For the log's key, the guard and the published log; made when it is not there. */
  readonly folder: string
  readonly origin?: string
  readonly guardFile?: string
  readonly publish?: boolean
  readonly patience?: number
  readonly onFatal?: (failure: unknown) => void
  readonly acceptRecovery?: (found: Contradiction) => Promise<Uint8Array | undefined>
}

export interface TestLedger extends AsyncDisposable {
  readonly ledger: PostgresLedger<Kysely<CounterSchema>>
  readonly key: VerifierKey
  increment(statements: Kysely<CounterSchema>, counter: string): Promise<number>
  read(counter: string): Promise<number>
  /** Every checkpoint that was ever signed, as it was. */
  checkpoints(): Promise<readonly string[]>
}

/** The real ledger on a database that it migrates first. The database stays the caller's. */
export async function openTestLedger(
  database: Database<CounterSchema>,
  options: TestLedgerOptions,
): Promise<TestLedger> {
  await migrate(database.sql)
  await sql`create table if not exists counter (name text primary key, value bigint not null)`.execute(
    database.sql,
  )
  mkdirSync(options.folder, { recursive: true })
  const key = testLogKey(options.origin, loadPrivateKey(keyFile(join(options.folder, 'log.key'))))
  const { patience, acceptRecovery } = options
  const ledger = await openLedger({
    database,
    state: (statements) => statements,
    key,
    sha256: nodeCrypto.sha256,
    guardFile: options.guardFile ?? join(options.folder, 'guard'),
    onFatal: options.onFatal ?? fail,
    ...(options.publish === true && { publishedFolder: join(options.folder, 'log') }),
    ...(patience !== undefined && { patience }),
    ...(acceptRecovery !== undefined && { acceptRecovery }),
  })
  return {
    ledger,
    key: key.verifier,
    increment,
    read: (counter) => read(database.sql, counter),
    async checkpoints() {
      const { rows } = await database.pool.query<{ note: string }>(
        'select note from checkpoint order by size',
      )
      return rows.map((row) => row.note)
    },
    [Symbol.asyncDispose]: () => ledger.close(),
  }
}

function fail(failure: unknown): never {
  throw failure
}

function keyFile(file: string): string {
  if (!existsSync(file)) writeFileSync(file, generateKey().file)
  return readFileSync(file, 'utf8')
}

async function increment(statements: Kysely<CounterSchema>, name: string): Promise<number> {
  const { value } = await statements
    .insertInto('counter')
    .values({ name, value: 1 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((given) => ({ value: given('counter.value', '+', 1) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow()
  return value
}

async function read(statements: Kysely<CounterSchema>, name: string): Promise<number> {
  const row = await statements
    .selectFrom('counter')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.value ?? 0
}
