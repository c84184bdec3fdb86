import type { Migration } from 'kysely/migration'
import { ledger } from './001-ledger.ts'
import { records } from './002-records.ts'

/**
 * Every migration, in order. A line is added and never changed or removed: databases exist that have
 * run it. There is no way back down; a backup is.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-ledger': ledger,
  '002-records': records,
}
