import process from 'node:process'
import { analystPool } from '@chaperone/adapters'
import { readConfig } from './config.ts'
import { dropPrivileges } from './drop-privileges.ts'
import { loadLateModules } from './load-late-modules.ts'
import { openStore } from './open-store.ts'
import { startGateway } from './start-gateway.ts'

/** The gateway's process: serves until told to stop, then lets what runs be recorded. */
export async function main(configFile: string): Promise<void> {
  const config = readConfig(configFile)
  await loadLateModules()
  // Its threads are loaded while their files are in reach.
  const analyst = analystPool({ alarm: printAlarm })
  await analyst.ready()
  dropPrivileges(config.account)
  process.umask(0o077)
  const store = await openStore(config, fatal)
  const level = process.env['CHAPERONE_LOG_LEVEL'] ?? 'info'
  const { app, close } = await startGateway(config, {
    store,
    log: { level },
    onFatal: fatal,
    analyst,
  })
  await app.listen({ host: config.listen.host, port: config.listen.port })
  app.log.info({ origin: config.origin }, 'gateway ready')
  let stopping = false
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stopping) return
      stopping = true
      void close()
        .then(() => Promise.all([store.close(), analyst[Symbol.asyncDispose]()]))
        .then(() => process.exit(0), fatal)
    })
  }
}

/** For what is told before the gateway has its log. */
function printAlarm(alarm: string, facts: Readonly<Record<string, unknown>>): void {
  process.stderr.write(`${JSON.stringify({ level: 50, alarm, ...facts })}\n`)
}

/** What cannot be gone on from: a database that may have lost what it promised, a log that forked. */
function fatal(error: unknown): never {
  const code = (error as { code?: string }).code
  process.stderr.write(`${JSON.stringify({ level: 60, alarm: 'fatal', code, message: String(error) })}\n`)
  process.exit(70)
}

if (import.meta.main) await main(process.argv[2] ?? 'gateway.json').catch(fatal)
