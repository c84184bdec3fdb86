import {
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import type pg from 'pg'
import { InvariantError } from '@chaperone/encoding'

export function poolDialect(pool: pg.Pool): Dialect {
  return new PostgresDialect({ pool })
}

/** Kysely on one client whose transaction somebody else began and will end. */
export function clientDialect(client: pg.ClientBase): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => clientDriver(client),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

function clientDriver(client: pg.ClientBase): Driver {
  const connection = preparing(client)
  const nested = (): never => {
    throw new InvariantError('a ledger transaction is begun and ended by the ledger')
  }
  const nothing = () => Promise.resolve()
  return {
    init: nothing,
    destroy: nothing,
    acquireConnection: () => Promise.resolve(connection),
    releaseConnection: nothing,
    beginTransaction: nested,
    commitTransaction: nested,
    rollbackTransaction: nested,
  }
}

/**
 * Statement texts that are prepared once on each connection. Kysely makes the same text for the same
 * call, so a use case has a handful; texts that vary (`in` lists) must not fill the server's memory.
 */
const preparedAtMost = 500
const prepared = new Map<string, string>()

function nameOf(text: string): string | undefined {
  const known = prepared.get(text)
  if (known !== undefined || prepared.size >= preparedAtMost) return known
  const name = `s${prepared.size}`
  prepared.set(text, name)
  return name
}

function preparing(client: pg.ClientBase): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const name = nameOf(query.sql)
      const values = [...query.parameters]
      const named = name === undefined ? {} : { name }
      const result = await client.query({ text: query.sql, values, ...named })
      const rows = result.rows as Row[]
      if (!changing.has(result.command)) return { rows }
      return { rows, numAffectedRows: BigInt(result.rowCount ?? 0) }
    },
    streamQuery: () => {
      throw new InvariantError('a ledger transaction does not stream')
    },
  }
}

const changing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
