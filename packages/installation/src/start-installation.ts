import { existsSync } from 'node:fs'
import { Fault } from '@chaperone/encoding'
import { startPostgres } from '@chaperone/adapters'
import { accountsHere, type Accounts } from './accounts.ts'
import { readInstallation, type InstallationConfig } from './config.ts'
import { copyWebApp, layOut, writePrivate } from './lay-out.ts'
import { stopLeftovers } from './leftovers.ts'
import { lockInstallation } from './lock.ts'
import { appEntry, placesOf, type Places } from './places.ts'
import { requireFreePort } from './ports.ts'
import { processConfigs, type DatabaseAddress } from './process-configs.ts'
import { healthAnswers, socketAnswers, type Probe } from './readiness.ts'
import { supervise, type Log, type Restarts, type SupervisedPart } from './supervise.ts'

export interface StartOptions {
  /** Every line that a process prints, and what we have to say ourselves as `chaperone`. */
  readonly log: Log
  /** Told when a process could not be kept running; everything has been stopped then. */
  readonly onFailed?: (fault: Fault) => void
  /** For signer, gateway and desk. */
  readonly restarts?: Restarts
}

export interface RunningInstallation extends AsyncDisposable {
  readonly config: InstallationConfig
  readonly places: Places
  /** Whether the processes have accounts of their own. */
  readonly isolated: boolean
  pids(): Readonly<Record<'signer' | 'gateway' | 'desk', number | undefined>>
  /** Ends what was started, and nothing else: gateway and desk, then signer, then database. */
  stop(): Promise<void>
}

/**
 * Starts database, signer, gateway and desk of the installation in `folder`, keeps them running, and resolves when all
 * answer. Faults: `config-missing`, `config-invalid`, `not-initialised`, `installation-in-use`, `port-in-use`,
 * `part-did-not-start`, `not-ready`, and those of `startPostgres`.
 */
export async function startInstallation(folder: string, options: StartOptions): Promise<RunningInstallation> {
  const { log } = options
  const config = readInstallation(folder)
  const places = placesOf(folder)
  requireInitialised(places)
  const stopping = new AsyncDisposableStack()
  let stopped: Promise<void> | undefined
  try {
    const lock = lockInstallation(places.folder)
    stopping.defer(() => lock[Symbol.dispose]())
    await stopLeftovers(Object.values(places.configs), log)
    await requireFreePort(config.app.listen.host, config.app.listen.port, 'the app (app.listen)')
    await requireFreePort(config.desk.listen.host, config.desk.listen.port, 'the desk (desk.listen)')
    const accounts = accountsHere()
    if (accounts === undefined) log('chaperone', notIsolated)
    layOut(places, accounts)
    if (!copyWebApp(places)) log('chaperone', 'the web app is not built: only the API is served')
    const database = await startDatabase(config, places, accounts, log, stopping)
    writeConfigs(config, places, accounts, database)
    const fail = (fault: Fault) => void stop().then(() => options.onFailed?.(fault))
    const parts = await startParts(config, places, options, fail, stopping)
    return {
      config,
      places,
      isolated: accounts !== undefined,
      ...asRunning(parts),
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (failure) {
    await stop()
    throw failure
  }

  function stop(): Promise<void> {
    return (stopped ??= stopping.disposeAsync())
  }
}

const notIsolated =
  'not isolated: without root all processes share one account; whoever takes over one takes over all'

function requireInitialised(places: Places): void {
  if (existsSync(places.trustRoot) && existsSync(places.bootstrap)) return
  throw new Fault('not-initialised', `\`${places.folder}\` has no trust root yet: run \`chaperone init\``)
}

async function startDatabase(
  config: InstallationConfig,
  places: Places,
  accounts: Accounts | undefined,
  log: Log,
  stopping: AsyncDisposableStack,
): Promise<DatabaseAddress | { readonly url: string }> {
  if (config.database !== undefined) return config.database
  const server = await startPostgres({
    dataFolder: places.database,
    runtimeFolder: places.sockets.database,
    ...(accounts === undefined
      ? {}
      : { account: accounts.database, clients: [accounts.gateway.name], clientGroup: accounts.gateway.gid }),
    onStopped: (fault, fatal) => log('database', `${fault.message}${fatal ? '' : '; starting it again'}`),
  })
  stopping.defer(() => server.close())
  return server.connection
}

function writeConfigs(
  config: InstallationConfig,
  places: Places,
  accounts: Accounts | undefined,
  database: DatabaseAddress | { readonly url: string },
): void {
  const configs = processConfigs(config, places, accounts, database)
  for (const name of ['gateway', 'desk', 'signer'] as const) {
    writePrivate(places.configs[name], `${JSON.stringify(configs[name], undefined, 2)}\n`, undefined)
  }
}

interface Parts {
  readonly signer: SupervisedPart
  readonly gateway: SupervisedPart
  readonly desk: SupervisedPart
}

async function startParts(
  config: InstallationConfig,
  places: Places,
  { log, restarts }: StartOptions,
  fail: (fault: Fault) => void,
  stopping: AsyncDisposableStack,
): Promise<Parts> {
  const { app, desk } = config
  async function start(name: 'gateway' | 'desk' | 'signer', ready: Probe): Promise<SupervisedPart> {
    const args = [appEntry(name), places.configs[name]]
    const part = await supervise({ name, command: process.execPath, args, ready }, log, fail, restarts)
    stopping.defer(() => part.stop())
    return part
  }
  const signer = await start('signer', socketAnswers(places.sockets.signer))
  // Each waits for nothing of the other's. Both are settled before a failure of one stops what has started.
  const [gatewayPart, deskPart] = await Promise.allSettled([
    start('gateway', healthAnswers(app.listen.host, app.listen.port, app.tls !== undefined)),
    start('desk', healthAnswers(desk.listen.host, desk.listen.port, desk.tls !== undefined)),
  ])
  return { signer, gateway: valueOf(gatewayPart), desk: valueOf(deskPart) }
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

function asRunning({ signer, gateway, desk }: Parts): Pick<RunningInstallation, 'pids'> {
  return { pids: () => ({ signer: signer.pid(), gateway: gateway.pid(), desk: desk.pid() }) }
}
