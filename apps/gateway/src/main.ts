import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromBase64 } from '@chaperone/encoding'
import { decodeEvent, type SignedStatement } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  feedSigner,
  runOrders,
  takeRoster,
  type Floor,
  type LedgerEntry,
  type Office,
  type OrderRunner,
  type Timers,
} from '@chaperone/usecases'
import {
  httpSignerClient,
  postgresEphemera,
  postgresReader,
  postgresVault,
  sshExecutor,
} from '@chaperone/adapters'
import { readConfig, type GatewayConfig } from './config.ts'
import { dropPrivileges } from './drop-privileges.ts'
import { eventStream } from './event-stream.ts'
import { systemClock, type Gateway } from './gateway.ts'
import { makeMetrics } from './metrics.ts'
import { openStore } from './open-store.ts'
import { buildServer } from './server.ts'
import { logVerifier } from './verify-log.ts'

const timers: Timers = {
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal === undefined ? {} : { signal }),
}

/** Puts the gateway together, serves until told to stop, then lets what runs be recorded. */
export async function main(configFile: string): Promise<void> {
  const config = readConfig(configFile)
  dropPrivileges(config.account)
  const ending = new AbortController()
  const store = await openStore(config, fatal)
  const office = makeOffice(store)
  await bootstrap(config, office)
  const signer = httpSignerClient(config.signerSocket)
  const vault = postgresVault(store.database.sql, store.keys)
  const feed = feedSigner(office, signer, timers, alarm)
  const floor: Floor = {
    office,
    signer,
    cosigned: feed,
    executor: sshExecutor({ kexAlgorithms: config.kexAlgorithms }),
    vault,
    holder: randomBytes(12).toString('hex'),
    timers,
    alarm,
  }
  const runner = runOrders(floor)
  const verifier = logVerifier(office, signer, feed)
  const listeners = { count: () => 0 }
  const metrics = makeMetrics({
    logSize: async () => (await office.ledger.head()).size,
    cosigned: () => feed.size(),
    running: () => runner.live.count(),
    listeners: () => listeners.count(),
  })
  const gateway: Gateway = { config, office, runner, signer, feed, vault, verifier, metrics }
  const events = eventStream(gateway)
  listeners.count = () => events.listeners()
  const app = await buildServer(gateway, events)

  function alarm(code: string, facts: Readonly<Record<string, unknown>>): void {
    app.log.error({ alarm: code, ...facts }, 'alarm')
    metrics.alarms.inc({ code })
  }

  const background = [
    feed.run(ending.signal),
    runner.run(ending.signal),
    verifier.run(ending.signal),
    events.follow(ending.signal, (entry) => obey(runner, entry)),
    forgetOldThings(office, ending.signal),
  ].map((work) => work.catch((error: unknown) => (ending.signal.aborted ? undefined : fatal(error))))

  await app.listen({ host: config.listen.host, port: config.listen.port })
  app.log.info({ origin: config.origin }, 'gateway ready')
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      ending.abort()
      void app
        .close()
        .then(() => Promise.all(background))
        .then(() => store.close())
        .then(() => process.exit(0))
    })
  }
}

/** What cannot be gone on from: a database that may have lost what it promised, a log that forked. */
function fatal(error: unknown): never {
  process.stderr.write(
    `${JSON.stringify({ level: 60, alarm: 'fatal', code: (error as { code?: string }).code, message: String(error) })}\n`,
  )
  process.exit(70)
}

function makeOffice(store: Awaited<ReturnType<typeof openStore>>): Office {
  return {
    ledger: store.ledger,
    reader: postgresReader(store.database.sql, store.keys),
    ephemera: postgresEphemera(store.database.sql),
    crypto: nodeCrypto,
    clock: systemClock,
    random: (length) => randomBytes(length),
  }
}

/** The first roster comes from the installation, not over the network. */
async function bootstrap(config: GatewayConfig, office: Office): Promise<void> {
  if ((await office.reader.latestRoster()) !== undefined) return
  const file = JSON.parse(readFileSync(join(config.folder, 'bootstrap.json'), 'utf8')) as {
    bytes: string
    adoptions: SignedStatement[]
    names: Record<string, string>
  }
  const bytes = fromBase64(file.bytes)
  const taken =
    bytes === undefined
      ? undefined
      : await takeRoster(office, { bytes, adoptions: file.adoptions }, file.names)
  if (taken?.ok !== true)
    throw new Error(`the first roster was refused: ${taken?.error.code ?? 'not base64'}`)
}

/** Kills and new decisions may have come through another gateway: the log is what all of them follow. */
function obey(runner: OrderRunner, entry: LedgerEntry): void {
  const decoded = decodeEvent(entry.leaf)
  if (!decoded.ok) return
  const event = decoded.value
  if (event.type === 'kill-requested') runner.kill(event.run)
  if (event.type === 'decision-recorded') runner.kick(event.order)
}

async function forgetOldThings(office: Office, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await office.ephemera.forget(office.clock.now()).catch(() => undefined) // the next round does it
    await timers.sleep(60_000, signal).catch(() => undefined)
  }
}

if (import.meta.main) await main(process.argv[2] ?? 'gateway.json')
