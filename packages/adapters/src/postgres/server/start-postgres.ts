import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { Fault } from '@chaperone/encoding'
import { requireReachable, type SystemAccount } from './account.ts'
import { findBinaries } from './find-binaries.ts'
import { lockFolder } from './folder-lock.ts'
import { initialise, roleName, writeAccessRules } from './initialise.ts'
import { stopOrphans } from './orphans.ts'
import { prepareBinaries } from './prepare-binaries.ts'
import { supervise } from './supervise.ts'

export interface PostgresOptions {
  /** The server's own folder; made when it is not there. `<dataFolder>.lock` is made beside it. */
  readonly dataFolder: string
  /** For the socket, the server's messages and library links; nothing in it outlives a start. */
  readonly runtimeFolder: string
  /** Who the server runs as. Needed when this process is root, refused by the system otherwise. */
  readonly account?: SystemAccount
  /** Operating system users who may connect, by peer authentication. Default: this process's. */
  readonly clients?: readonly string[]
  /** Group that reaches the socket besides the server's account. Default: this process's. */
  readonly clientGroup?: number
  readonly mayCreateDatabases?: boolean
  /** Told when the server went away by itself; it is started again unless `fatal`. */
  readonly onStopped?: (fault: Fault, fatal: boolean) => void
}

/** Where to connect; the form `openDatabase` takes. */
export interface PostgresConnection {
  readonly host: string
  readonly user: string
  readonly database: string
}

export interface PostgresServer extends AsyncDisposable {
  readonly connection: PostgresConnection
  /** The server's process now, or `undefined` between an accident and its restart. */
  pid(): number | undefined
  /** Ends the server; resolves when its process is gone. */
  close(): Promise<void>
}

/**
 * Starts a PostgreSQL server of our own and keeps it running: a child process, its own account when
 * we are root, reachable through a Unix socket only, by the named users only, as a role that is no
 * superuser. It does not outlive this process: it is told to stop when we end, and whatever a kill
 * leaves is stopped at the next start.
 *
 * Faults: `data-folder-in-use`, `data-folder-not-empty`, `folder-unreachable`,
 * `socket-path-too-long`, `account-needed`, `postgres-not-found`, `postgres-version-mismatch`,
 * `postgres-init-failed`, `postgres-start-failed`, `orphan-does-not-stop`, `lock-unavailable`,
 * `account-name-unusable`, `path-not-absolute`.
 *
 * Whoever controls the server can rewrite state and log alike. What they cannot do is make the
 * result verify: checkpoints that others hold (signer, witnesses, exports) will not match.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dataFolder, runtimeFolder } = options
  const account = accountFor(options.account)
  requireAbsolute(dataFolder, runtimeFolder)
  const socketFolder = join(runtimeFolder, 'socket')
  requireShortSocket(socketFolder)
  mkdirSync(dirname(dataFolder), { recursive: true })
  const lock = lockFolder(dataFolder)
  try {
    makeFolders(runtimeFolder, socketFolder, account, options.clientGroup)
    requireReachable(dirname(dataFolder), account)
    const binaries = prepareBinaries(findBinaries(dataFolder), runtimeFolder, account)
    initialise({ dataFolder, binaries, account, mayCreateDatabases: options.mayCreateDatabases ?? false })
    await stopOrphans(dataFolder)
    writeAccessRules(dataFolder, options.clients ?? [userInfo().username], account)
    const places = { dataFolder, socketFolder, logFile: join(runtimeFolder, 'postgres.log') }
    const server = await supervise({ binaries, account, ...places, onStopped: options.onStopped })
    return asServer(server, socketFolder, lock)
  } catch (failure) {
    lock[Symbol.dispose]()
    throw failure
  }
}

type Supervised = Awaited<ReturnType<typeof supervise>>

function asServer(server: Supervised, host: string, lock: Disposable): PostgresServer {
  let closing: Promise<void> | undefined
  const close = () => (closing ??= server.stop().finally(() => lock[Symbol.dispose]()))
  return {
    connection: { host, user: roleName, database: roleName },
    pid: () => server.pid(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function accountFor(account: SystemAccount | undefined): SystemAccount | undefined {
  if (process.getuid?.() !== 0) return undefined
  if (account === undefined || account.uid === 0) {
    throw new Fault('account-needed', 'the database does not run as root: name an account of its own')
  }
  return account
}

function requireAbsolute(...paths: readonly string[]): void {
  const relative = paths.find((path) => !isAbsolute(path))
  if (relative !== undefined) throw new Fault('path-not-absolute', `\`${relative}\` is not absolute`)
}

/** `sun_path` has 108 bytes with its end. A longer one fails in the server with a puzzling message. */
function requireShortSocket(socketFolder: string): void {
  const path = join(socketFolder, '.s.PGSQL.5432')
  const length = Buffer.byteLength(path)
  if (length > 107) {
    const text = `the socket's path \`${path}\` has ${length} bytes, the system allows 107: choose a shorter runtime folder`
    throw new Fault('socket-path-too-long', text)
  }
}

/**
 * The server's account owns the socket's folder; its group is the client's, and the set-group-id bit
 * passes that group on to the socket, which the server could not give away itself.
 */
function makeFolders(
  runtimeFolder: string,
  socketFolder: string,
  account: SystemAccount | undefined,
  clientGroup: number | undefined,
): void {
  mkdirSync(runtimeFolder, { recursive: true })
  requireReachable(runtimeFolder, account)
  mkdirSync(socketFolder, { recursive: true })
  const gid = clientGroup ?? process.getgid?.() ?? -1
  chownSync(socketFolder, account?.uid ?? -1, gid)
  chmodSync(socketFolder, 0o2750)
}
