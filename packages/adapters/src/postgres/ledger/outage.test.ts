import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Fault, utf8 } from '@chaperone/encoding'
import { checkLog, openTestLedger, type CounterSchema, type TestLedger } from '@chaperone/testkit'
import { openDatabase } from '../database/open-database.ts'
import { startPostgres } from '../server/start-postgres.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cp-out-'))
  chmodSync(folder, 0o711)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const account = { name: 'nobody', uid: 65_534, gid: 65_534 }
const start = (base: string) =>
  startPostgres({ dataFolder: join(base, 'data'), runtimeFolder: join(folder, 'run'), account })

const append = ({ ledger }: TestLedger, bytes: number) =>
  ledger.transact(async (tx) => tx.append(new Uint8Array(bytes).fill(1)))

async function faultOf(work: Promise<unknown>): Promise<Fault | undefined> {
  return work.then(
    () => undefined,
    (failure: unknown) => {
      if (failure instanceof Fault) return failure
      throw failure
    },
  )
}

async function untilItWorks(opened: TestLedger): Promise<void> {
  while ((await faultOf(append(opened, 10))) !== undefined) await sleep(50)
}

test('while the database is gone, work is refused and nothing kept; when it is back, so is the ledger', async () => {
  let server = await start(folder)
  await using database = openDatabase<CounterSchema>({ address: server.connection })
  await using opened = await openTestLedger(database, { folder: join(folder, 'ledger') })
  await append(opened, 10)
  const seen: number[] = []
  const stop = new AbortController()
  const following = (async () => {
    for await (const { index } of opened.ledger.subscribe(0, stop.signal)) seen.push(index)
  })()
  await server.close()
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await faultOf(append(opened, 10))).toMatchObject({ code: 'store-unavailable', retryable: true })
  }
  expect(await faultOf(opened.ledger.head())).toMatchObject({ code: 'store-unavailable' })
  expect(await faultOf(opened.ledger.lease('x', 'y', 1))).toMatchObject({ code: 'store-unavailable' })
  server = await start(folder)
  await untilItWorks(opened)
  const leaves = await checkLog(opened.ledger, opened.key)
  expect(leaves).toHaveLength(2)
  while (seen.length < 2) await sleep(10)
  stop.abort()
  await following
  expect(seen).toEqual([0, 1])
  await opened.ledger.close()
  await server.close()
})

const mounts = process.getuid?.() === 0 && canMount()

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'cp-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status === 0
  if (mounted) spawnSync('umount', [place])
  rmSync(place, { recursive: true })
  return mounted
}

test.runIf(mounts)(
  'a full disk refuses work and takes nothing that was acknowledged; with room it goes on',
  async () => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=711', 'tmpfs', disk]).status).toBe(0)
    try {
      const server = await start(disk)
      await using database = openDatabase<CounterSchema>({ address: server.connection, poolSize: 4 })
      await using opened = await openTestLedger(database, { folder: join(folder, 'ledger'), patience: 3000 })
      await append(opened, 10)
      const { bavail, bsize } = statfsSync(disk)
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(bavail * bsize - 4_000_000))
      let acknowledged = 1
      let fault: Fault | undefined
      while (fault === undefined) {
        fault = await faultOf(append(opened, 60_000))
        if (fault === undefined) acknowledged++
      }
      // The first may be the one during which the server stopped: whether it is kept is not known.
      expect(fault.code).toBe('store-unavailable')
      const refused = await faultOf(append(opened, 60_000))
      expect(refused).toMatchObject({ code: 'store-unavailable' })
      rmSync(join(disk, 'ballast'))
      await untilItWorks(opened)
      const leaves = await checkLog(opened.ledger, opened.key)
      expect(leaves.length).toBeGreaterThan(acknowledged)
      expect(leaves.filter((leaf) => leaf.length > 10).length).toBeGreaterThanOrEqual(acknowledged - 1)
      await opened.ledger.close()
      await database.close()
      await server.close()
    } finally {
      spawnSync('umount', ['-l', disk])
    }
  },
)

test('an event that was committed and not signed in time is reported as one that may be kept', async () => {
  const server = await start(folder)
  await using database = openDatabase<CounterSchema>({ address: server.connection })
  await using opened = await openTestLedger(database, { folder: join(folder, 'ledger'), patience: 300 })
  const holder = await database.connect()
  await holder.query('begin')
  await holder.query('lock table log_head in exclusive mode')
  expect(await faultOf(append(opened, 10))).toMatchObject({ code: 'store-unavailable', retryable: false })
  await holder.query('commit')
  await holder.end()
  await opened.ledger.waitFor(1)
  expect(await checkLog(opened.ledger, opened.key)).toHaveLength(1)
  expect(await opened.ledger.transact(async (tx) => tx.append(utf8('next')))).toMatchObject({
    entries: [{ index: 1 }],
  })
  await opened.ledger.close()
  await database.close()
  await server.close()
})

test('a head is never older than what was acknowledged, and never refused because the log grew meanwhile', async () => {
  const server = await start(folder)
  await using database = openDatabase<CounterSchema>({ address: server.connection })
  let meanwhile = () => Promise.resolve()
  // Answers of this pool arrive late, when something else has happened.
  const late = Object.assign(Object.create(database.pool) as typeof database.pool, {
    query: async (query: { readonly name?: string }, values?: unknown[]) => {
      const answer = await database.pool.query(query as never, values)
      if (query.name === 'ledger-newest') await meanwhile()
      return answer
    },
  })
  await using opened = await openTestLedger({ ...database, pool: late }, { folder: join(folder, 'ledger') })
  await append(opened, 10)
  meanwhile = async () => void (await append(opened, 10))
  expect((await opened.ledger.head()).size).toBe(1)
  meanwhile = () => Promise.resolve()
  expect((await opened.ledger.head()).size).toBe(2)
  await database.pool.query('delete from checkpoint where size = 2')
  expect(await faultOf(opened.ledger.head())).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(await faultOf(opened.ledger.checkpoint())).toMatchObject({ code: 'store-unavailable' })
  await opened.ledger.close()
  await database.close()
  await server.close()
})
