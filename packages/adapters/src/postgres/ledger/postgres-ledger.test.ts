import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import {
  ledgerContract,
  openTestLedger,
  startTestPostgres,
  type CounterSchema,
  type TestPostgres,
} from '@chaperone/testkit'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

async function subject() {
  const folder = mkdtempSync(join(tmpdir(), 'cp-ledger-'))
  const database = await postgres.freshDatabase<CounterSchema>()
  const opened = await openTestLedger(database, { folder })
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened.ledger.close()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test.for(ledgerContract(subject))('$name', ({ run }) => run())
