import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { equalBytes, Fault, fromBase64 } from '@chaperone/encoding'
import { loadPrivateKey, nodeCrypto } from '@chaperone/node-crypto'
import { parseVerifierKey } from '@chaperone/tlog'
import type { Records } from '@chaperone/usecases'
import {
  migrate,
  openDatabase,
  openLedger,
  orderKeys,
  postgresRecords,
  type Database,
  type LogKey,
  type OrderKeys,
  type PostgresLedger,
  type RecordSchema,
} from '@chaperone/adapters'
import { parseTrustRoot } from '@chaperone/verify'
import type { GatewayConfig } from './config.ts'

export interface Store {
  readonly ledger: PostgresLedger<Records>
  readonly database: Database<RecordSchema>
  readonly keys: OrderKeys
  close(): Promise<void>
}

/**
 * Opens what the gateway remembers. Faults: `store-unavailable`, `migration-failed`, `log-behind-guard`,
 * `fork-guard-unreadable`, `log-damaged`, `trust-root-malformed`, `log-key-mismatch`, `key-unusable`.
 */
export async function openStore(
  config: Pick<GatewayConfig, 'database' | 'folder' | 'trustRootFile'>,
  onFatal: (failure: unknown) => void,
): Promise<Store> {
  const key = readLogKey(config)
  const keys = orderKeys(readOrdersKey(join(config.folder, 'kek')))
  const database = openDatabase<RecordSchema>({ address: addressOf(config.database) })
  try {
    await migrate(database.sql)
    const ledger = await openLedger({
      database,
      state: (sql) => postgresRecords(sql, keys),
      key,
      sha256: nodeCrypto.sha256,
      guardFile: join(config.folder, 'fork-guard'),
      publishedFolder: join(config.folder, 'log'),
      onFatal,
    })
    const close = () => ledger.close().finally(() => database.close())
    return { ledger, database, keys, close }
  } catch (failure) {
    await database.close()
    throw failure
  }
}

function addressOf(database: GatewayConfig['database']) {
  if ('url' in database) return database
  const { port, ...address } = database
  return port === undefined ? address : { ...address, port }
}

/** The key must be the one that people hold the log to: a log under another would verify for nobody. */
function readLogKey({ folder, trustRootFile }: Pick<GatewayConfig, 'folder' | 'trustRootFile'>): LogKey {
  const root = parseTrustRoot(readFileSync(trustRootFile, 'utf8'))
  const verifier = root.ok ? parseVerifierKey(root.value.logKey, nodeCrypto.sha256) : undefined
  if (!root.ok || verifier?.name !== root.value.origin) {
    throw new Fault('trust-root-malformed', `\`${trustRootFile}\` is no trust root`)
  }
  const key = loadPrivateKey(readFileSync(join(folder, 'log.key'), 'utf8'))
  if (key.type !== 'ssh-ed25519' || verifier.algorithm !== 1 || !equalBytes(key.point, verifier.publicKey)) {
    throw new Fault('log-key-mismatch', 'the log’s key is not the one in the trust root')
  }
  return { verifier, sign: (message) => key.sign(message) }
}

/** One line of base64. */
function readOrdersKey(file: string): Uint8Array {
  const key = fromBase64(readFileSync(file, 'utf8').trimEnd())
  if (key === undefined) throw new Fault('key-unusable', `\`${file}\` is not base64`)
  return key
}
