import type { Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { Fault } from '@chaperone/encoding'
import { migrations as ours } from '../migrations/index.ts'
import { asFault } from './failure.ts'

/**
 * Brings the tables up to date, one process at a time. Faults: `store-unavailable`,
 * `migration-failed` (nothing of it took effect), also for a database that a later release made.
 */
export async function migrate<Schema>(
  db: Kysely<Schema>,
  migrations: Readonly<Record<string, Migration>> = ours,
): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error === undefined) return
  const fault = asFault(error, true)
  if (fault instanceof Fault) throw fault
  throw new Fault('migration-failed', 'the database could not be brought up to date', { cause: error })
}
