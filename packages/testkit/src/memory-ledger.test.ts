import { test } from 'vitest'
import { ledgerContract } from './ledger-contract.ts'
import { testLogKey } from './ledger-key.ts'
import { memoryLedger } from './memory-ledger.ts'

interface Counters {
  readonly increment: (counter: string) => number
}

function counterState() {
  const kept = new Map<string, number>()
  return {
    kept,
    begin() {
      const draft = new Map(kept)
      const increment = (counter: string) => {
        const next = (draft.get(counter) ?? 0) + 1
        draft.set(counter, next)
        return next
      }
      return { sql: { increment } satisfies Counters, commit: () => draft.forEach((v, k) => kept.set(k, v)) }
    },
  }
}

async function subject() {
  const state = counterState()
  const key = testLogKey()
  const ledger = memoryLedger<Counters>({ state, key })
  return {
    ledger,
    key: key.verifier,
    increment: async (sql: Counters, counter: string) => sql.increment(counter),
    read: async (counter: string) => state.kept.get(counter) ?? 0,
    [Symbol.asyncDispose]: () => ledger.close(),
  }
}

test.for(ledgerContract(subject))('$name', ({ run }) => run())
