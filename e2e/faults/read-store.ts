import { readFileSync, statSync } from 'node:fs'
import { openDatabase, type Database, type DatabaseAddress } from '@chaperone/adapters'
import type { WorkOrder } from '@chaperone/domain'
import type { Demonstration } from '../../demo/demonstration.ts'

/** What stands in the tables, past every part of ours. */
export interface Stored {
  readonly leaves: readonly Uint8Array[]
  /** Every checkpoint that was ever signed, oldest first. */
  readonly checkpoints: readonly string[]
  readonly orders: readonly WorkOrder[]
  /** Events that no entry was made of yet. */
  readonly waiting: number
}

export async function readStore(demo: Demonstration): Promise<Stored> {
  await using database = await asGateway(demo)
  const rows = async <T extends object>(text: string) => (await database.pool.query<T>(text)).rows
  const leaves = await rows<{ leaf: Uint8Array }>('select leaf from log_entry order by index')
  const checkpoints = await rows<{ note: string }>('select note from checkpoint order by size')
  const orders = await rows<{ state: WorkOrder }>('select state from work_order order by order_id')
  const waiting = await rows<object>('select id from outbox')
  return {
    leaves: leaves.map(({ leaf }) => leaf),
    checkpoints: checkpoints.map(({ note }) => note),
    orders: orders.map(({ state }) => state),
    waiting: waiting.length,
  }
}

/** The server lets in by account: for as long as it takes to connect we are the gateway's. */
async function asGateway({ installation }: Demonstration): Promise<Database<unknown>> {
  const { places } = installation
  const config = JSON.parse(readFileSync(places.configs.gateway, 'utf8')) as { database: DatabaseAddress }
  const database = openDatabase<unknown>({ address: config.database, poolSize: 1 })
  const { uid, gid } = statSync(places.gateway)
  const root = process.geteuid?.() === 0
  if (root) become(uid, gid)
  try {
    await database.pool.query('select 1')
  } finally {
    if (root) becomeRoot()
  }
  return database
}

function become(uid: number, gid: number): void {
  process.setegid?.(gid)
  process.seteuid?.(uid)
}

function becomeRoot(): void {
  process.seteuid?.(0)
  process.setegid?.(0)
}
