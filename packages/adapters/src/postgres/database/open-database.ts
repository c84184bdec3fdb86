import { Socket } from 'node:net'
import { Kysely } from 'kysely'
import pg from 'pg'
import { clientDialect, poolDialect } from './dialect.ts'
import { columnTypes } from './types.ts'

/** The embedded server's place, or the address of a server of somebody else's (`DATABASE_URL`). */
export type DatabaseAddress =
  | { readonly host: string; readonly port?: number; readonly user: string; readonly database: string }
  | { readonly url: string }

export interface DatabaseOptions {
  readonly address: DatabaseAddress
  /** Connections at most. Default 16: enough for commits to share an fsync. */
  readonly poolSize?: number
}

/**
 * A pool of connections with typed statements on top. `sql` is for reads; whatever changes state goes
 * through the ledger, which keeps the event beside it.
 */
export interface Database<Schema> extends AsyncDisposable {
  readonly sql: Kysely<Schema>
  readonly pool: pg.Pool
  /** A connection outside the pool, for locks and notifications; the caller ends it. */
  connect(): Promise<pg.Client>
  /** Statements on one client of the pool, within the transaction that it is in. */
  on(client: pg.ClientBase): Kysely<Schema>
  close(): Promise<void>
}

export function openDatabase<Schema>(options: DatabaseOptions): Database<Schema> {
  const config = clientConfig(options.address)
  const pool = new pg.Pool({ ...config, max: options.poolSize ?? 16, idleTimeoutMillis: 60_000 })
  // A client that breaks emits 'error' besides failing its query; without a listener Node would end.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  const bound = new WeakMap<pg.ClientBase, Kysely<Schema>>()
  const close = once(() => pool.end())
  return {
    sql: new Kysely<Schema>({ dialect: poolDialect(pool) }),
    pool,
    async connect() {
      const client = new pg.Client({ ...config, keepAlive: true })
      client.on('error', ignore)
      await client.connect()
      return client
    },
    on(client) {
      const known = bound.get(client) ?? new Kysely<Schema>({ dialect: clientDialect(client) })
      bound.set(client, known)
      return known
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function clientConfig(address: DatabaseAddress): pg.ClientConfig {
  const place = 'url' in address ? { connectionString: address.url } : { ...address }
  return {
    ...place,
    types: columnTypes as NonNullable<pg.ClientConfig['types']>,
    connectionTimeoutMillis: 10_000,
    // A transaction's begin travels with its first statement and its insert with the commit (`transact`).
    pipeline: true,
    stream: togetherAtOnce,
    application_name: 'chaperone',
  }
}

/** A socket that sends what is written in one turn at once: with pipelining two statements are one system call. */
function togetherAtOnce(): Socket {
  const socket = new Socket()
  const write = socket.write.bind(socket)
  let held = false
  function release(): void {
    held = false
    socket.uncork()
  }
  socket.write = ((...given: Parameters<typeof write>) => {
    if (!held) {
      held = true
      socket.cork()
      process.nextTick(release)
    }
    return write(...given)
  }) as typeof write // the types cannot say that both its forms are handed on
  return socket
}

function ignore(): void {
  // The query that was under way reports it.
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
