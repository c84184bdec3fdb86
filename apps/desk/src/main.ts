import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { instantOf } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { readConfig, readTrustRoot } from './config.ts'
import type { Desk } from './desk.ts'
import { dropPrivileges } from './drop-privileges.ts'
import { loadLateModules } from './load-late-modules.ts'
import { gatewayClient } from './gateway-client.ts'
import { readPageFiles } from './page-files.ts'
import { rosterKeeper } from './roster-keeper.ts'
import { buildServer, listening } from './server.ts'

/** Puts the desk together and serves until told to stop. */
export async function main(configFile: string): Promise<void> {
  const config = readConfig(configFile)
  const page = readPageFiles()
  const reached = listening(config, process.env['CHAPERONE_LOG_LEVEL'] ?? 'info')
  await loadLateModules()
  dropPrivileges(config.account)
  const root = readTrustRoot(config.trustRootFile)
  const gateway = gatewayClient(config.gateway.url, readFileSync(config.gateway.tokenFile, 'utf8').trim())
  const desk: Desk = {
    config,
    root,
    gateway,
    keeper: rosterKeeper(gateway, root, config.folder, nodeCrypto),
    crypto: nodeCrypto,
    now: () => instantOf(Date.now() / 1000),
    random: (length) => randomBytes(length),
  }
  const app = await buildServer(desk, page, reached)
  await app.listen({ host: config.listen.host, port: config.listen.port })
  app.log.info({ origin: config.origin }, 'desk ready')
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => void app.close().then(() => process.exit(0)))
  }
}

if (import.meta.main) await main(process.argv[2] ?? 'desk.json')
