import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, startPostgres, type Database, type PostgresServer } from '@chaperone/adapters'

/** A real server in a temporary folder. */
export interface TestPostgres extends AsyncDisposable {
  readonly server: PostgresServer
  readonly folder: string
  /** An empty database of its own; the caller closes it. */
  freshDatabase<Schema>(options?: { readonly poolSize?: number }): Promise<Database<Schema>>
}

const account = { name: 'nobody', uid: 65_534, gid: 65_534 }
/** Below the system's `/tmp`: a socket's path has 107 bytes. */
const prefix = join(tmpdir(), 'cp-pg-')

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(prefix)
  chmodSync(folder, 0o711)
  const server = await startPostgres({
    dataFolder: join(folder, 'data'),
    runtimeFolder: join(folder, 'run'),
    account,
    mayCreateDatabases: true,
  })
  let made = 0
  return {
    server,
    folder,
    async freshDatabase<Schema>(options: { readonly poolSize?: number } = {}) {
      const name = `test_${++made}`
      await using first = openDatabase({ address: server.connection, poolSize: 1 })
      await first.pool.query(`create database ${name}`)
      return openDatabase<Schema>({ address: { ...server.connection, database: name }, ...options })
    },
    async [Symbol.asyncDispose]() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
