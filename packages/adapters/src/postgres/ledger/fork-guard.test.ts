import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fromUtf8, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  checkLog,
  openTestLedger,
  startTestPostgres,
  type CounterSchema,
  type TestLedgerOptions,
  type TestPostgres,
} from '@chaperone/testkit'
import { Frontier } from '@chaperone/tlog'
import { openDatabase, type Database } from '../database/open-database.ts'
import { openForkGuard } from './fork-guard.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cp-guard-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const { sha256 } = nodeCrypto
const aTree = (size: number) => {
  const frontier = new Frontier(sha256)
  for (let i = 0; i < size; i++) frontier.append(sha256(utf8(String(i))))
  return frontier
}

describe('the file', () => {
  const origin = 'log.example/guard'
  const open = (file: string, name = origin) => openForkGuard(file, name, sha256)

  test('gives back the tree that was kept last, across any number of openings', async () => {
    const sizes = fc.array(fc.array(fc.nat({ max: 300 }), { maxLength: 4 }), { maxLength: 4 })
    let file = 0
    await fc.assert(
      fc.asyncProperty(sizes, async (openings) => {
        const path = join(folder, String(file++))
        for (const kept of openings) {
          await using guard = await open(path)
          for (const size of kept) await guard.keep(aTree(size))
        }
        const last = openings.flat().at(-1)
        await using guard = await open(path)
        expect(guard.newest()?.frontier.size).toBe(last)
        expect(guard.newest()?.frontier.root()).toEqual(last === undefined ? undefined : aTree(last).root())
      }),
      { numRuns: 30 },
    )
  })

  test('does not change with a tree that grows on', async () => {
    await using guard = await open(join(folder, 'guard'))
    const tree = aTree(3)
    await guard.keep(tree)
    tree.append(sha256(utf8('more')))
    expect(guard.newest()?.frontier.size).toBe(3)
  })

  test('a write that was torn anywhere leaves the tree before it', async () => {
    const file = join(folder, 'guard')
    {
      await using guard = await open(file)
      await guard.keep(aTree(5))
    }
    const before = readFileSync(file)
    {
      await using guard = await open(file)
      await guard.keep(aTree(6))
    }
    const after = readFileSync(file)
    const changed = [...after.keys()].filter((at) => after[at] !== before[at])
    for (const end of [changed[0]!, changed[1]!, changed[80]!, changed.at(-1)!]) {
      writeFileSync(file, Buffer.concat([after.subarray(0, end), before.subarray(end)]))
      await using guard = await open(file)
      expect(guard.newest()?.frontier.size).toBe(5)
    }
  })

  test.for([
    ['other bytes', Buffer.alloc(8192, 1)],
    ['nothing', Buffer.alloc(0)],
    ['too little', Buffer.alloc(4096)],
  ] as const)('a file with %s is refused', async ([, bytes]) => {
    const file = join(folder, 'guard')
    writeFileSync(file, bytes)
    await expect(open(file)).rejects.toMatchObject({ code: 'fork-guard-unreadable' })
  })

  test('a changed root is not believed', async () => {
    const file = join(folder, 'guard')
    {
      await using guard = await open(file)
      await guard.keep(aTree(5))
    }
    const text = readFileSync(file, 'latin1')
    writeFileSync(file, text.replace('\n5\n', '\n4\n'), 'latin1')
    await expect(open(file)).rejects.toMatchObject({ code: 'fork-guard-unreadable' })
  })
})

describe('the ledger', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await startTestPostgres()
  })
  afterAll(() => postgres[Symbol.asyncDispose]())

  let names = 0
  const at = (database: string): Database<CounterSchema> =>
    openDatabase<CounterSchema>({ address: { ...postgres.server.connection, database } })

  /** A copy of a database that nobody uses now: a backup. */
  async function copy(from: string): Promise<string> {
    const name = `copy_${++names}`
    await using any = openDatabase({ address: postgres.server.connection, poolSize: 1 })
    await any.pool.query(`create database ${name} template ${from}`)
    return name
  }

  async function append(
    database: string,
    texts: readonly string[],
    options: Partial<TestLedgerOptions> = {},
  ) {
    await using pool = at(database)
    await using opened = await openTestLedger(pool, { folder, ...options })
    for (const text of texts) await opened.ledger.transact(async (tx) => tx.append(utf8(text)))
    return (await checkLog(opened.ledger, opened.key)).map(fromUtf8)
  }

  test('refuses a backup, takes the original', async () => {
    const original = await copy('template0')
    await append(original, ['a', 'b'])
    const backup = await copy(original)
    await append(original, ['c'])
    await expect(append(backup, ['x'])).rejects.toMatchObject({ code: 'log-behind-guard' })
    expect(await append(original, ['d'])).toEqual(['a', 'b', 'c', 'd'])
  })

  test('refuses a database that went another way, however long it is', async () => {
    const original = await copy('template0')
    await append(original, ['a', 'b'])
    const backup = await copy(original)
    await append(original, ['c'])
    const elsewhere = { guardFile: join(folder, 'no-memory') }
    await append(backup, ['not c'], elsewhere)
    await expect(append(backup, [])).rejects.toMatchObject({ code: 'log-behind-guard' })
    await append(backup, ['d', 'e', 'f'], elsewhere)
    await expect(append(backup, [])).rejects.toMatchObject({ code: 'log-behind-guard' })
  })

  test('refuses a database whose stored root was made to fit', async () => {
    const original = await copy('template0')
    await append(original, ['a', 'b'])
    const backup = await copy(original)
    await append(original, ['c'])
    await append(backup, ['not c', 'd'], { guardFile: join(folder, 'no-memory') })
    await using real = at(original)
    const { rows } = await real.pool.query('select root, note from checkpoint where size = 3')
    await using pool = at(backup)
    const { root, note } = rows[0] as { root: Buffer; note: string }
    await pool.pool.query('update checkpoint set root = $1, note = $2 where size = 3', [root, note])
    await expect(append(backup, [])).rejects.toMatchObject({ code: 'log-behind-guard' })
  })

  test('ends when the database under it becomes another one', async () => {
    const original = await copy('template0')
    await append(original, ['a'])
    const backup = await copy(original)
    await append(original, ['b'])
    const fatal = Promise.withResolvers<unknown>()
    await using pool = at(backup)
    // The guard moves on behind this ledger's back, as if the database had been swapped while it ran.
    const opened = await openTestLedger(pool, {
      folder,
      guardFile: join(folder, 'second'),
      onFatal: fatal.resolve,
    })
    await pool.pool.query(`update log_head set size = 0, frontier = ''`)
    await pool.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`,
    )
    expect(await fatal.promise).toMatchObject({ code: 'log-behind-guard' })
    await opened.ledger.close()
  })

  test('takes a backup when the officers’ recovery says so, and logs that first', async () => {
    const original = await copy('template0')
    await append(original, ['a', 'b'])
    const backup = await copy(original)
    await append(original, ['c'])
    const refusing = { acceptRecovery: async () => undefined }
    await expect(append(backup, [], refusing)).rejects.toMatchObject({ code: 'log-behind-guard' })
    {
      await using pool = at(backup)
      await pool.pool.query('insert into outbox (leaf) values ($1)', [Buffer.from('on its way')])
    }
    const found: unknown[] = []
    const epoch = { origin: 'log.example/test/epoch-2' }
    const accepting = {
      ...epoch,
      acceptRecovery: async (contradiction: unknown) => (found.push(contradiction), utf8('recovered')),
    }
    await using pool = at(backup)
    await using opened = await openTestLedger(pool, { folder, ...accepting })
    await opened.ledger.waitFor(4)
    expect((await checkLog(opened.ledger, opened.key)).map(fromUtf8)).toEqual([
      'a',
      'b',
      'recovered',
      'on its way',
    ])
    expect(found).toMatchObject([{ guard: { size: 3 }, database: { size: 2 } }])
    await opened.ledger.close()
    expect(await append(backup, ['d'], epoch)).toHaveLength(5)
  })
})
