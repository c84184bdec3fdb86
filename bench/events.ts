import { fdatasync, open, write, type PathLike } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkLog, openTestLedger, startTestPostgres, type CounterSchema } from '@chaperone/testkit'
import { quantile } from './measure/interleaved.ts'

/**
 * Events through PostgreSQL until they are acknowledged (state row, outbox, sequencing, signature, fork guard,
 * publication), beside the least that durability costs: the same bytes appended to a file by group commit, one
 * fdatasync for all that wait. Both with as many in flight, in turns.
 */
const inFlight = 64
const rounds = Number(process.argv[2] ?? 8)
const milliseconds = 2000
const leafBytes = 300
const bar = { perSecond: 2500, p99: 50 }

type Append = (writer: number) => Promise<void>

interface Measured {
  readonly perSecond: number[]
  readonly latencies: number[]
}

const folder = await mkdtemp(join(tmpdir(), 'cp-bench-'))
const postgres = await startTestPostgres()
try {
  const database = await postgres.freshDatabase<CounterSchema>()
  const opened = await openTestLedger(database, { folder, publish: true })
  const raw = await rawAppender(join(folder, 'raw'))
  const cases = {
    'fdatasync, group commit': raw,
    'PostgreSQL, acknowledged': async (writer: number) => {
      await opened.ledger.transact(async (tx) => {
        const value = await opened.increment(tx.sql, `w${writer}`)
        tx.append(Buffer.from(`${writer} ${value}`.padEnd(leafBytes)))
      })
    },
  }
  const results = await inTurns(cases)
  print(results)
  const { rows } = await database.pool.query<{ batches: number }>('select count(*) as batches from log_batch')
  const leaves = await checkLog(opened.ledger, opened.key, await opened.checkpoints())
  const perBatch = (leaves.length / (rows[0]?.batches ?? 1)).toFixed(1)
  console.log(`\n${leaves.length} events, ${perBatch} a batch; the tree and every checkpoint proven`)
  await opened.ledger.close()
  await database.close()
} finally {
  await postgres[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
}

/** The first round warms up and is not counted. */
async function inTurns(cases: Readonly<Record<string, Append>>): Promise<Readonly<Record<string, Measured>>> {
  const results: Record<string, Measured> = {}
  for (let round = 0; round <= rounds; round++) {
    for (const [name, append] of Object.entries(cases)) {
      const { perSecond, latencies } = (results[name] ??= { perSecond: [], latencies: [] })
      const measured = await load(append)
      if (round === 0) continue
      perSecond.push(measured.perSecond)
      for (const latency of measured.latencies) latencies.push(latency)
    }
  }
  return results
}

async function load(append: Append) {
  const latencies: number[] = []
  const began = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async (_, writer) => {
      for (let at = began; at - began < milliseconds;) {
        await append(writer)
        const now = performance.now()
        latencies.push(now - at)
        at = now
      }
    }),
  )
  return { perSecond: (latencies.length * 1000) / (performance.now() - began), latencies }
}

async function rawAppender(path: PathLike): Promise<Append> {
  const file = await promisify(open)(path, 'a')
  const [append, sync] = [promisify(write), promisify(fdatasync)]
  let waiting: (() => void)[] = []
  let flushing: Promise<void> | undefined
  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      await append(file, Buffer.alloc(batch.length * leafBytes, 1))
      await sync(file)
      for (const acknowledge of batch) acknowledge()
    }
    flushing = undefined
  }
  return (_) =>
    new Promise((resolve, reject) => {
      waiting.push(resolve)
      flushing ??= Promise.resolve().then(flush)
      flushing.catch(reject)
    })
}

function print(results: Readonly<Record<string, Measured>>): void {
  console.log(
    `${inFlight} in flight, ${leafBytes} bytes, ${rounds} rounds of ${milliseconds} ms each, in turns`,
  )
  for (const [name, { perSecond, latencies }] of Object.entries(results)) {
    const [slowest, median, fastest] = [0, 0.5, 1].map((share) => quantile(perSecond, share).toFixed(0))
    const [p50, p99] = [0.5, 0.99].map((share) => quantile(latencies, share).toFixed(1))
    console.log(
      `${name.padEnd(26)} median ${median?.padStart(6)}/s (rounds ${slowest} to ${fastest})   p50 ${p50} ms   p99 ${p99} ms`,
    )
  }
  const { perSecond, latencies } = results['PostgreSQL, acknowledged'] ?? { perSecond: [], latencies: [] }
  const met = quantile(perSecond, 0.5) >= bar.perSecond && quantile(latencies, 0.99) < bar.p99
  console.log(`bar: ${bar.perSecond}/s with p99 under ${bar.p99} ms: ${met ? 'met' : 'missed'}`)
}
