import { test } from 'vitest'
import { testLogKey } from './ledger-key.ts'
import { memoryLedger } from './memory-ledger.ts'
import { memoryRecords } from './memory-records.ts'
import { recordsContract } from './records-contract.ts'

async function subject() {
  const records = memoryRecords()
  const ledger = memoryLedger({ state: records, key: testLogKey() })
  const { reader, ephemera } = records
  return { ledger, reader, ephemera, [Symbol.asyncDispose]: () => ledger.close() }
}

test.for(recordsContract(subject))('$name', ({ run }) => run())
