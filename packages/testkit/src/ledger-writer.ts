import { openSync, writeSync } from 'node:fs'
import { openDatabase, type DatabaseAddress } from '@chaperone/adapters'
import { openTestLedger, type CounterSchema } from './ledger-on-postgres.ts'
import { writeSteadily } from './ledger-load.ts'

/** A line of the file of answers has this many bytes: one that a kill tore is seen by its length. */
export const answerLength = 64

// A process to be killed: argv is the database's address, the ledger's folder, the file of answers.
if (import.meta.main) {
  const [address = '', folder = '', answers = ''] = process.argv.slice(2)
  const database = openDatabase<CounterSchema>({ address: JSON.parse(address) as DatabaseAddress })
  const onFatal = (failure: unknown) => {
    console.error(failure)
    process.exit(70)
  }
  const opened = await openTestLedger(database, { folder, onFatal })
  const file = openSync(answers, 'a')
  await writeSteadily(opened, 16, new AbortController().signal, (event, answer) => {
    if (answer === 'acknowledged') writeSync(file, `${event.padEnd(answerLength - 1)}\n`)
  })
}
