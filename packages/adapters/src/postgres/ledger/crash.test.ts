import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  checkLoad,
  openTestLedger,
  startTestPostgres,
  writeSteadily,
  type CounterSchema,
  type TestPostgres,
} from '@chaperone/testkit'
import { openDatabase } from '../database/open-database.ts'

const writer = join(dirname(createRequire(import.meta.url).resolve('@chaperone/testkit')), 'ledger-writer.ts')
const answerLength = 64

let postgres: TestPostgres
let folder: string
beforeEach(async () => {
  postgres = await startTestPostgres()
  folder = mkdtempSync(join(tmpdir(), 'cp-crash-'))
})
afterEach(async () => {
  await postgres[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

test('a gateway killed again and again loses nothing it acknowledged', async () => {
  const answers = join(folder, 'answers')
  writeFileSync(answers, '')
  for (let round = 0; round < 5; round++) await killedWriter(answers, 1 + 19 * round)

  await using database = openDatabase<CounterSchema>({ address: postgres.server.connection })
  await using opened = await openTestLedger(database, { folder })
  await drained(database)
  const lines = readFileSync(answers, 'latin1').match(new RegExp(`.{${answerLength - 1}}\n`, 'g')) ?? []
  const acknowledged = new Map(lines.map((line) => [line.trimEnd(), 'acknowledged'] as const))
  const counts = await checkLoad(opened, acknowledged)
  expect(counts.acknowledged).toBeGreaterThan(100)
  expect(counts.acknowledged).toBe(lines.length)
})

/** Kills a writing process when it has written `answered` more answers. */
async function killedWriter(answers: string, answered: number): Promise<void> {
  const until = statSync(answers).size + answered * answerLength
  const words = [JSON.stringify(postgres.server.connection), folder, answers]
  const child = fork(writer, words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  while (child.exitCode === null && statSync(answers).size < until) await sleep(2)
  expect(child.exitCode).toBeNull()
  child.kill('SIGKILL')
  await exited
}

test('a database server killed again and again keeps exactly what it said it kept', async () => {
  await using database = openDatabase<CounterSchema>({ address: postgres.server.connection })
  await using opened = await openTestLedger(database, { folder, publish: true })
  const answers = new Map<string, 'acknowledged' | 'not-kept'>()
  const acknowledged = () => [...answers.values()].filter((answer) => answer === 'acknowledged').length
  const stop = new AbortController()
  const writing = writeSteadily(opened, 16, stop.signal, (event, answer) => {
    // An attempt that was not kept may be made again with the same count, never with the same name.
    expect(answers.get(event) ?? answer).toBe(answer)
    answers.set(event, answer)
  })
  for (let round = 0; round < 3; round++) {
    const before = acknowledged()
    while (acknowledged() < before + 50) await sleep(10)
    const pid = postgres.server.pid()
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }
  const before = acknowledged()
  while (acknowledged() < before + 50) await sleep(10)
  stop.abort()
  await writing
  await drained(database)
  const counts = await checkLoad(opened, answers)
  expect(counts.acknowledged).toBe(acknowledged())
})

/** Events of writers that were never answered are on their way too. */
async function drained(database: ReturnType<typeof openDatabase<CounterSchema>>): Promise<void> {
  const left = async () =>
    (
      await database.pool.query<{ left: boolean }>(
        `select exists (select from outbox) or (select size from log_head) > (select max(size) from checkpoint) as left`,
      )
    ).rows[0]?.left
  while (await left()) await sleep(10)
}
