export {
  startPostgres,
  type PostgresConnection,
  type PostgresOptions,
  type PostgresServer,
} from './server/start-postgres.ts'
export { type SystemAccount } from './server/account.ts'
export { writeDurably, syncFolder } from './durable/write-durably.ts'
