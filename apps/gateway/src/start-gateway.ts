import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { Fault, fromBase64 } from '@chaperone/encoding'
import { decodeEvent, type SignedStatement } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import {
  feedSigner,
  hitByStops,
  runOrders,
  takeRoster,
  type Analyst,
  type Clock,
  type CommandExecutor,
  type LedgerEntry,
  type Office,
  type SignerClient,
  type Timers,
} from '@chaperone/usecases'
import {
  analystPool,
  httpSignerClient,
  postgresEphemera,
  postgresReader,
  postgresVault,
  sshExecutor,
} from '@chaperone/adapters'
import type { GatewayConfig } from './config.ts'
import { eventStream } from './event-stream.ts'
import { systemClock, type Gateway } from './gateway.ts'
import type { LogOptions } from './http/logging.ts'
import type { Rates } from './http/limits.ts'
import { makeMetrics } from './metrics.ts'
import type { openStore } from './open-store.ts'
import { buildServer } from './server.ts'
import { logVerifier } from './verify-log.ts'

/** What is outside of a gateway, and may be another thing in a test. */
export interface Surroundings {
  readonly store: Awaited<ReturnType<typeof openStore>>
  readonly log: LogOptions
  /** What cannot be gone on from. */
  readonly onFatal: (error: unknown) => void
  readonly rates?: Rates
  readonly clock?: Clock
  readonly signer?: SignerClient
  /** One that its maker closes; the gateway makes its own where there is none. */
  readonly analyst?: Analyst
  readonly executor?: CommandExecutor
}

export interface RunningGateway {
  readonly app: FastifyInstance
  readonly gateway: Gateway
  /** Takes no more requests, kills what runs and waits until that is recorded. The store stays open. */
  close(): Promise<void>
}

const timers: Timers = {
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal === undefined ? {} : { signal }),
}

/** Puts the gateway together and starts what it does by itself. It does not listen yet. */
export async function startGateway(
  config: GatewayConfig,
  surroundings: Surroundings,
): Promise<RunningGateway> {
  const { store, log, onFatal, rates } = surroundings
  const alarms: Alarms = { raise: () => undefined }
  const alarm = (code: string, facts: Facts) => alarms.raise(code, facts)
  const own = surroundings.analyst === undefined ? analystPool({ alarm }) : undefined
  const analyst = surroundings.analyst ?? (own as Analyst) // one of the two is there
  const office = makeOffice(store, surroundings.clock ?? systemClock, analyst)
  await bootstrap(config, office)
  const signer = surroundings.signer ?? httpSignerClient(config.signerSocket)
  const executor = surroundings.executor ?? sshExecutor({ kexAlgorithms: config.kexAlgorithms })
  const vault = postgresVault(store.database.sql, store.keys)
  const feed = feedSigner(office, signer, timers, alarm)
  const holder = randomBytes(12).toString('hex')
  const runner = runOrders({ office, signer, cosigned: feed, executor, vault, holder, timers, alarm })
  const verifier = logVerifier(office, signer, feed, alarm)
  const listeners = { count: () => 0 }
  const metrics = makeMetrics({
    logSize: async () => (await office.ledger.head()).size,
    cosigned: () => feed.size(),
    running: () => runner.live.count(),
    listeners: () => listeners.count(),
  })
  const gateway: Gateway = { config, office, runner, signer, feed, vault, verifier, metrics, alarm }
  const events = eventStream(gateway)
  listeners.count = () => events.listeners()
  const app = await buildServer(gateway, events, { log, ...(rates === undefined ? {} : { rates }) })
  alarms.raise = (code, facts) => {
    app.log.error({ alarm: code, ...facts }, 'alarm')
    metrics.alarms.inc({ code })
  }
  const ending = new AbortController()
  const background = [
    feed.run(ending.signal),
    runner.run(ending.signal),
    verifier.run(ending.signal),
    events.follow(ending.signal, (entry) => obey(gateway, entry)),
    forgetOldThings(office, ending.signal),
  ].map((work) => work.catch((error: unknown) => (ending.signal.aborted ? undefined : onFatal(error))))
  return {
    app,
    gateway,
    async close() {
      ending.abort()
      await app.close()
      await Promise.all(background)
      await own?.[Symbol.asyncDispose]()
    },
  }
}

type Facts = Readonly<Record<string, unknown>>

/** Until there is a log to write to, nothing runs that could raise one. */
interface Alarms {
  raise: (code: string, facts: Facts) => void
}

function makeOffice(store: Surroundings['store'], clock: Clock, analyst: Analyst): Office {
  return {
    analyst,
    ledger: store.ledger,
    reader: postgresReader(store.database.sql, store.keys),
    ephemera: postgresEphemera(store.database.sql),
    crypto: nodeCrypto,
    clock,
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
    throw new Fault('bootstrap-refused', `the first roster was refused: ${taken?.error.code ?? 'not base64'}`)
}

/** Kills, stops and decisions may have come through another gateway: the log is what all of them follow. */
async function obey({ runner, office }: Gateway, entry: LedgerEntry): Promise<void> {
  const decoded = decodeEvent(entry.leaf)
  if (!decoded.ok) return
  const event = decoded.value
  if (event.type === 'kill-requested') runner.kill(event.run)
  if (event.type === 'decision-recorded') runner.kick(event.order)
  if (event.type === 'stop-ordered') for (const { run } of await hitByStops(office)) runner.kill(run)
}

async function forgetOldThings(office: Office, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await office.ephemera.forget(office.clock.now()).catch(() => undefined) // the next round does it
    await timers.sleep(60_000, signal).catch(() => undefined)
  }
}
