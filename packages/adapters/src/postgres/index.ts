export {
  startPostgres,
  type PostgresConnection,
  type PostgresOptions,
  type PostgresServer,
} from './server/start-postgres.ts'
export { type SystemAccount } from './server/account.ts'
export { writeDurably, syncFolder } from './durable/write-durably.ts'
export {
  openDatabase,
  type Database,
  type DatabaseAddress,
  type DatabaseOptions,
} from './database/open-database.ts'
export { migrate } from './database/migrate.ts'
export { openLedger, type LedgerOptions, type PostgresLedger } from './ledger/postgres-ledger.ts'
export { type LogKey } from './ledger/sequencer.ts'
export { type Contradiction } from './ledger/guarded-log.ts'
