import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault, fromUtf8, utf8 } from '@chaperone/encoding'
import { checkLog } from './ledger-check.ts'
import type { TestLedger } from './ledger-on-postgres.ts'

/** Called with what a writer was told: that its event is in the log, or that nothing was kept. */
export type OnAnswer = (event: string, answer: 'acknowledged' | 'not-kept') => void

/**
 * `writers` at once, each adding one to its own counter and an event with the result, again and again
 * until told to stop. Faults are what a caller sees: they go on after one.
 */
export async function writeSteadily(
  { ledger, increment }: Pick<TestLedger, 'ledger' | 'increment'>,
  writers: number,
  signal: AbortSignal,
  onAnswer: OnAnswer,
): Promise<void> {
  async function writer(name: string): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      let event = ''
      try {
        await ledger.transact(async (tx) => {
          event = `${name} ${await increment(tx.sql, name)} ${attempt}`
          tx.append(utf8(event))
        })
        onAnswer(event, 'acknowledged')
      } catch (failure) {
        if (!(failure instanceof Fault)) throw failure
        if (failure.retryable && event !== '') onAnswer(event, 'not-kept')
        await sleep(20)
      }
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, i) => writer(`w${i}`)))
}

/**
 * Proves the whole log and every checkpoint there ever was; then that state and log tell the same:
 * each counter's events are 1, 2, 3 … up to its value, each once and in this order.
 */
export async function checkLoad(
  { ledger, key, read, checkpoints }: TestLedger,
  answers: ReadonlyMap<string, 'acknowledged' | 'not-kept'>,
): Promise<{ readonly events: number; readonly acknowledged: number }> {
  const leaves = await checkLog(ledger, key, await checkpoints())
  const events = leaves.map((leaf) => fromUtf8(leaf) ?? '')
  const counted = new Map<string, number>()
  for (const event of events) {
    const [name = '', value] = event.split(' ')
    const next = (counted.get(name) ?? 0) + 1
    assert.equal(Number(value), next, `event \`${event}\` follows on the one before`)
    counted.set(name, next)
  }
  for (const [name, value] of counted) assert.equal(await read(name), value, `state and log agree on ${name}`)
  const logged = new Set(events)
  let acknowledged = 0
  for (const [event, answer] of answers) {
    assert.equal(logged.has(event), answer === 'acknowledged', `\`${event}\` was ${answer}`)
    if (answer === 'acknowledged') acknowledged++
  }
  return { events: events.length, acknowledged }
}
