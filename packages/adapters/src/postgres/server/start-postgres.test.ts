import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, type DatabaseAddress } from '../database/open-database.ts'
import { findBinaries } from './find-binaries.ts'
import { prepareBinaries } from './prepare-binaries.ts'
import { startPostgres, type PostgresOptions } from './start-postgres.ts'

const isRoot = process.getuid?.() === 0
const account = { name: 'nobody', uid: 65_534, gid: 65_534 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cp-srv-'))
  chmodSync(folder, 0o711)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const options = (more: Partial<PostgresOptions> = {}): PostgresOptions => ({
  dataFolder: join(folder, 'data'),
  runtimeFolder: join(folder, 'run'),
  account,
  ...more,
})

async function ask(address: DatabaseAddress, text: string): Promise<Record<string, unknown>> {
  await using database = openDatabase({ address, poolSize: 1 })
  return (await database.pool.query<Record<string, unknown>>(text)).rows[0] ?? {}
}

test('serves durably, on a socket only, to a role that is no superuser', async () => {
  await using server = await startPostgres(options())
  const asked = `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync,
    current_setting('full_page_writes') as pages, current_setting('listen_addresses') as addresses,
    current_setting('data_checksums') as sums, (select rolsuper from pg_roles where rolname = current_user) as super`
  expect(await ask(server.connection, asked)).toEqual({
    fsync: 'on',
    sync: 'on',
    pages: 'on',
    addresses: '',
    sums: 'on',
    super: false,
  })
  const asSuperuser = { ...server.connection, user: 'postgres', database: 'postgres' }
  await expect(ask(asSuperuser, 'select 1')).rejects.toThrow()
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'run', 'socket')).mode & 0o7777).toBe(0o2750)
})

test.runIf(isRoot)('runs as its own account when we are root, and not without one', async () => {
  {
    await using server = await startPostgres(options())
    expect(readFileSync(`/proc/${server.pid()}/status`, 'utf8')).toContain(
      `Uid:\t${account.uid}\t${account.uid}`,
    )
  }
  const { account: _, ...without } = options()
  await expect(startPostgres(without)).rejects.toMatchObject({ code: 'account-needed' })
})

test('refuses a second supervisor, and lets it in when the first has ended', async () => {
  const first = await startPostgres(options())
  await expect(startPostgres(options())).rejects.toMatchObject({ code: 'data-folder-in-use' })
  expect(await ask(first.connection, 'select 1 as one')).toEqual({ one: 1 })
  await first.close()
  await using second = await startPostgres(options())
  expect(await ask(second.connection, 'select 1 as one')).toEqual({ one: 1 })
})

test('stops the server that a killed supervisor left behind, and keeps what it had', async () => {
  const script = join(folder, 'supervisor.ts')
  const source = new URL('./start-postgres.ts', import.meta.url).pathname
  writeFileSync(
    script,
    `const { startPostgres } = await import(${JSON.stringify(source)})
    const server = await startPostgres(${JSON.stringify(options({ mayCreateDatabases: true }))})
    console.log(server.pid())
    setInterval(() => {}, 1000)`,
  )
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const left = Number(line.toString())
  const address = { host: join(folder, 'run', 'socket'), user: 'chaperone', database: 'chaperone' }
  await ask(address, 'create table kept as select 7 as seven')
  // The parent-death signal would end the server first; a stopped one cannot be told.
  process.kill(left, 'SIGSTOP')
  child.kill('SIGKILL')
  await once(child, 'exit')
  process.kill(left, 'SIGCONT')
  await using server = await startPostgres(options())
  expect(server.pid()).not.toBe(left)
  expect(stillRuns(left)).toBe(false)
  expect(await ask(server.connection, 'select seven from kept')).toEqual({ seven: 7 })
})

/** A zombie that nobody has waited for does not run. */
function stillRuns(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false
  return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
}

test('starts the server again when it was killed, and says so', async () => {
  const told: (readonly [string, boolean])[] = []
  await using server = await startPostgres(
    options({ onStopped: (fault, fatal) => told.push([fault.code, fatal]) }),
  )
  const before = server.pid()
  expect(before).toBeDefined()
  process.kill(before ?? 0, 'SIGKILL')
  while (server.pid() === undefined || server.pid() === before) await sleep(10)
  expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 })
  expect(told[0]).toEqual(['postgres-stopped', false])
})

test('answers under an address like DATABASE_URL', async () => {
  await using server = await startPostgres(options())
  const { host, user, database } = server.connection
  const url = `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`
  expect(await ask({ url }, 'select current_user as name')).toEqual({ name: 'chaperone' })
})

test('runs programs from a package whose install scripts did not run', () => {
  const found = findBinaries(join(folder, 'none'))
  if (found.bundle === undefined) return // the system's own server is used here
  const copy = join(folder, 'native')
  cpSync(found.bundle, copy, { recursive: true })
  for (const name of readdirSync(join(copy, 'lib'))) {
    const path = join(copy, 'lib', name)
    if (lstatSync(path).isSymbolicLink()) rmSync(path)
  }
  mkdirSync(join(folder, 'run'))
  const prepared = prepareBinaries(
    { ...found, bin: join(copy, 'bin'), bundle: copy },
    join(folder, 'run'),
    account,
  )
  const version = (env: Readonly<Record<string, string>>) =>
    spawnSync(join(prepared.bin, 'postgres'), ['--version'], { env, encoding: 'utf8' })
  expect(version(prepared.environment)).toMatchObject({ status: 0 })
  expect(version({}).status).not.toBe(0)
})

test.for([
  ['data-folder-not-empty', () => writeIn('data', 'stranger')],
  ['postgres-version-mismatch', () => writeIn('data', 'PG_VERSION', 'eighteen')],
  ['postgres-not-found', () => writeIn('data', 'PG_VERSION', '11')],
] as const)('refuses with %s', async ([code, prepare]) => {
  prepare()
  await expect(startPostgres(options())).rejects.toMatchObject({ code })
})

function writeIn(name: string, file: string, text = ''): void {
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, file), text)
}

test('refuses paths that a socket or the account cannot have', async () => {
  const long = join(folder, 'x'.repeat(100))
  await expect(startPostgres(options({ runtimeFolder: long }))).rejects.toMatchObject({
    code: 'socket-path-too-long',
  })
  await expect(startPostgres(options({ dataFolder: 'data' }))).rejects.toMatchObject({
    code: 'path-not-absolute',
  })
  if (!isRoot) return
  mkdirSync(join(folder, 'closed'), { mode: 0o700 })
  const closed = join(folder, 'closed', 'data')
  await expect(startPostgres(options({ dataFolder: closed }))).rejects.toMatchObject({
    code: 'folder-unreachable',
  })
})

test('leaves nothing behind that looks like a database when it is interrupted while making one', async () => {
  mkdirSync(join(folder, 'data.new'))
  writeFileSync(join(folder, 'data.new', 'PG_VERSION'), '18')
  symlinkSync('/nowhere', join(folder, 'data.new', 'link'))
  await using server = await startPostgres(options())
  expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 })
  expect(existsSync(join(folder, 'data.new'))).toBe(false)
})
