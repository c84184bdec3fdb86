import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '@chaperone/encoding'
import { syncFolder } from '../durable/write-durably.ts'
import { give, giveTree, identity, type SystemAccount } from './account.ts'
import type { RunnableBinaries } from './prepare-binaries.ts'

export interface InitialiseOptions {
  readonly dataFolder: string
  readonly binaries: RunnableBinaries
  readonly account: SystemAccount | undefined
  /** Tests make a database each; an installation's role may not. */
  readonly mayCreateDatabases: boolean
}

/** The role and the database of an embedded server. */
export const roleName = 'chaperone'

/**
 * Makes the data folder when there is none. Everything happens in a folder beside it, which is
 * renamed when it is complete: a crash leaves nothing that looks like a database.
 * Faults: `data-folder-not-empty`, `postgres-init-failed`.
 */
export function initialise(options: InitialiseOptions): void {
  const { dataFolder, account } = options
  if (existsSync(join(dataFolder, 'PG_VERSION'))) return takeOver(dataFolder, account)
  if (existsSync(dataFolder) && readdirSync(dataFolder).length > 0) {
    throw new Fault('data-folder-not-empty', `\`${dataFolder}\` holds files that are no database`)
  }
  const unfinished = `${dataFolder}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  give(unfinished, account)
  runInitdb(unfinished, options)
  createRole(unfinished, options)
  renameSync(unfinished, dataFolder)
  syncFolder(dirname(dataFolder))
}

/** A backup restored by root belongs to root; the server refuses a folder that is not its own. */
function takeOver(dataFolder: string, account: SystemAccount | undefined): void {
  if (account !== undefined && statSync(dataFolder).uid !== account.uid) giveTree(dataFolder, account)
}

function runInitdb(folder: string, { binaries, account }: InitialiseOptions): void {
  // The collation must not change under the indexes with a library update: the server's own one
  // cannot (from 17 on), the C library's C.UTF-8 compares bytes.
  const locale =
    binaries.major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8']
  const words = ['-D', folder, '-U', 'postgres', '-A', 'peer', '-E', 'UTF8', '-k', '--no-instructions']
  run(join(binaries.bin, 'initdb'), [...words, ...locale], binaries, account)
}

/**
 * The superuser is never reachable over the socket: `pg_ident.conf` lets everybody in as the role
 * only, so the role is made by the server in single-user mode.
 */
function createRole(folder: string, { binaries, account, mayCreateDatabases }: InitialiseOptions): void {
  const statements = [
    `create role ${roleName} login${mayCreateDatabases ? ' createdb' : ''}`,
    `create database ${roleName} owner ${roleName}`,
    `revoke connect on database postgres from public`,
    `revoke connect on database template1 from public`,
  ]
  const words = ['--single', '-D', folder, '-c', 'exit_on_error=true', 'template1']
  run(join(binaries.bin, 'postgres'), words, binaries, account, `${statements.join('\n')}\n`)
}

function run(
  program: string,
  words: readonly string[],
  binaries: RunnableBinaries,
  account: SystemAccount | undefined,
  input = '',
): void {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...binaries.environment }
  const done = spawnSync(program, words, { ...identity(account), cwd: '/', env, input, encoding: 'utf8' })
  if (done.status === 0 && !/^.*(ERROR|FATAL|PANIC):/m.test(done.stderr)) return
  const said = `${done.stderr}`.trim().slice(-2000)
  throw new Fault('postgres-init-failed', `\`${program}\` failed: ${said}`, { cause: done.error })
}

/** Who may connect, and only over the socket. Written at each start: our rules, not the folder's past. */
export function writeAccessRules(
  dataFolder: string,
  clients: readonly string[],
  account: SystemAccount | undefined,
): void {
  const map = clients.map((name) => `clients ${quoted(name)} ${roleName}\n`).join('')
  writeOwned(join(dataFolder, 'pg_hba.conf'), 'local all all peer map=clients\n', account)
  writeOwned(join(dataFolder, 'pg_ident.conf'), map, account)
}

/** A name in these files is a pattern when it starts with a slash, and ends at a quote or line end. */
function quoted(name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(name)) {
    throw new Fault('account-name-unusable', `\`${name}\` cannot be named in pg_ident.conf`)
  }
  return `"${name}"`
}

function writeOwned(file: string, text: string, account: SystemAccount | undefined): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  give(`${file}.new`, account)
  renameSync(`${file}.new`, file)
}
