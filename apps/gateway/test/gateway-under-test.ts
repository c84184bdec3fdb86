import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromBase64, toBase64 } from '@chaperone/encoding'
import { openDatabase, startPostgres, type PostgresServer } from '@chaperone/adapters'
import { generateKey } from '@chaperone/node-crypto'
import {
  fakeExecutor,
  startSshd,
  startTestPostgres,
  type FakePlay,
  type SshTarget,
  type TestPostgres,
} from '@chaperone/testkit'
import type { CommandExecutor, SignerClient } from '@chaperone/usecases'
import type { Rates } from '../src/http/limits.ts'
import type { GatewayConfig } from '../src/config.ts'
import { systemClock } from '../src/gateway.ts'
import { openStore } from '../src/open-store.ts'
import { startGateway, type RunningGateway } from '../src/start-gateway.ts'
import { client, signInByKey, type Client } from './client.ts'
import { organisation, type Name, type Organisation, type Target } from './organisation.ts'

export const appOrigin = 'http://app.localhost:8400'
export const deskOrigin = 'http://sign.localhost:8401'

export interface UnderTestOptions {
  /** A real sshd as target; without it the target is nowhere. */
  readonly sshd?: boolean
  readonly quorum?: number
  /** A target that is a function, instead of a real one. */
  readonly play?: FakePlay
  /** Instead of a signer process. */
  readonly signer?: SignerClient
  /** How the signer process is asked. */
  readonly signerAt?: (socket: string) => SignerClient
  /** How real targets are reached. */
  readonly executor?: CommandExecutor
  readonly rates?: Rates
}

/** A whole gateway with a real database, a real signer and, where asked for, a real sshd. */
export interface UnderTest extends AsyncDisposable {
  readonly running: RunningGateway
  readonly organisation: Organisation
  readonly config: GatewayConfig
  readonly folder: string
  readonly target: Target
  readonly sshd: SshTarget | undefined
  readonly postgres: TestPostgres
  /** Everything that was logged, a line each. */
  readonly log: readonly string[]
  readonly nobody: Client
  /** The desk, by its token. */
  readonly desk: Client
  as(name: Name): Promise<Client>
  /** Moves the gateway's clock, and nobody else's. */
  passSeconds(seconds: number): void
  /** A second gateway on the same database and signer. */
  another(): Promise<RunningGateway & AsyncDisposable>
  stopDatabase(): Promise<void>
  startDatabase(): Promise<void>
  stopSigner(): Promise<void>
  startSigner(): Promise<void>
}

const broad: Rates = { address: 1e6, person: 1e6, analyses: 1e6, signInAddress: 1e6, signInKey: 1e6 }

export async function gatewayUnderTest(options: UnderTestOptions = {}): Promise<UnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'cp-gw-'))
  chmodSync(folder, 0o711)
  const authority = generateKey()
  await using started = new AsyncDisposableStack()
  started.defer(() => rmSync(folder, { recursive: true, force: true }))
  const postgres = started.use(await startTestPostgres())
  const sshd = options.sshd === true ? started.use(await sshdFor(authority.key.blob)) : undefined
  const target = targetOf(sshd, options.quorum ?? 1)
  const made = organisation([target], authority.key, authority.file)
  const config = await configIn(folder, postgres, made)
  const signer = signerProcess(folder, config)
  started.defer(signer.stop)
  if (options.signer === undefined) await signer.start()
  const log: string[] = []
  let offset = 0
  const clock = {
    now: () => new Date(Date.parse(systemClock.now()) + offset * 1000).toISOString().replace('.000Z', 'Z'),
    milliseconds: () => systemClock.milliseconds() + offset * 1000,
  }
  const onFatal = (error: unknown) => void log.push(`fatal ${String(error)}`)

  async function start(): Promise<RunningGateway & AsyncDisposable> {
    const store = await openStore(config, onFatal)
    const running = await startGateway(config, {
      store,
      onFatal,
      clock,
      log: { level: 'info', stream: { write: (line) => void log.push(line) } },
      rates: options.rates ?? broad,
      ...(options.signer === undefined ? {} : { signer: options.signer }),
      ...(options.signerAt === undefined ? {} : { signer: options.signerAt(config.signerSocket) }),
      ...(options.executor === undefined ? {} : { executor: options.executor }),
      ...(options.play === undefined ? {} : { executor: playing(target, options.play) }),
    })
    const dispose = async () => {
      await running.close()
      await store.close()
    }
    return { ...running, [Symbol.asyncDispose]: dispose }
  }

  const first = started.use(await start())
  const everything = started.move()
  let database: PostgresServer = postgres.server
  return {
    running: first,
    organisation: made,
    config,
    folder,
    target,
    sshd,
    postgres,
    log,
    nobody: client(first.app),
    desk: client(first.app, { authorization: `Bearer ${deskToken(config)}` }),
    as: (name) => signInByKey(first.app, made, name),
    passSeconds(seconds) {
      offset += seconds
    },
    another: start,
    stopDatabase: () => database.close(),
    async startDatabase() {
      database = everything.use(await restartPostgres(postgres.folder))
    },
    stopSigner: signer.stop,
    startSigner: signer.start,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

function playing({ address, port, hostKeys }: Target, play: FakePlay): CommandExecutor {
  const hostKey = fromBase64(hostKeys[0] ?? '') ?? new Uint8Array()
  return fakeExecutor([{ at: `${address}:${port}`, hostKey, play }])
}

function sshdFor(authority: Uint8Array): Promise<SshTarget> {
  return startSshd({ targetId: 'web-1', ca: [authority] })
}

/** On the data that an earlier one left, as `startTestPostgres` placed it. */
function restartPostgres(folder: string): Promise<PostgresServer> {
  return startPostgres({
    dataFolder: join(folder, 'data'),
    runtimeFolder: join(folder, 'run'),
    account: { name: 'nobody', uid: 65_534, gid: 65_534 },
    mayCreateDatabases: true,
  })
}

function targetOf(sshd: SshTarget | undefined, quorum: number): Target {
  const hostKeys = sshd?.hostKeys ?? [generateKey().key.blob]
  return {
    target: 'web-1',
    regime: 'open',
    address: sshd?.address ?? '127.0.0.1',
    port: sshd?.port ?? 9,
    hostKeys: hostKeys.map((blob) => toBase64(blob)),
    hostAuthorities: [],
    accounts: [sshd?.account ?? 'ops'],
    interpreters: ['bash'],
    sourceAddress: null,
    quorum,
    keyClasses: ['software', 'passkey'],
    maxSeconds: 600,
  }
}

async function configIn(folder: string, postgres: TestPostgres, made: Organisation): Promise<GatewayConfig> {
  const own = join(folder, 'gateway')
  made.writeFiles({ gateway: own, signer: join(folder, 'signer'), trustRoot: join(folder, 'root.json') })
  await using first = openDatabase({ address: postgres.server.connection, poolSize: 1 })
  await first.pool.query('create database gateway')
  return {
    organisation: 'gateway-test',
    banner: { text: 'TEST', colour: '#007a33' },
    listen: { host: '127.0.0.1', port: 0 },
    origin: appOrigin,
    desk: { origin: deskOrigin, tokenFile: join(own, 'desk.token') },
    database: { ...postgres.server.connection, database: 'gateway' },
    folder: own,
    signerSocket: join(folder, 'signer.sock'),
    trustRootFile: join(folder, 'root.json'),
    webFolder: join(folder, 'web'),
  }
}

function signerProcess(folder: string, config: GatewayConfig) {
  let child: ChildProcess | undefined
  const agentFolder = join(folder, 'agents')
  const settings = {
    folder: join(folder, 'signer'),
    socket: config.signerSocket,
    officerSocket: join(folder, 'officers.sock'),
    agentFolder,
    caKey: { file: join(folder, 'signer', 'ca.key') },
    origin: 'log.example/gateway-test',
    trustRoot: config.trustRootFile,
  }
  return {
    async start() {
      mkdirSync(agentFolder, { recursive: true })
      const file = join(folder, 'signer.json')
      writeFileSync(file, JSON.stringify(settings))
      const main = new URL('../../signer/src/main.ts', import.meta.url).pathname
      child = spawn(process.execPath, [main, file], { stdio: ['ignore', 'ignore', 'pipe'] })
      await said(child, 'signer ready')
    },
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function said(child: ChildProcess, words: string): Promise<void> {
  let heard = ''
  for await (const part of child.stderr ?? []) {
    heard += String(part)
    if (!heard.includes(words)) continue
    child.stderr?.resume()
    return
  }
  throw new Error(`the process ended: ${heard}`)
}

function deskToken(config: GatewayConfig): string {
  return readFileSync(config.desk.tokenFile, 'utf8')
}

/** Asks until the answer is what is waited for. */
export async function eventually<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  milliseconds = 15_000,
): Promise<T> {
  const end = Date.now() + milliseconds
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer).slice(0, 2000)}`)
    await sleep(30)
  }
}
