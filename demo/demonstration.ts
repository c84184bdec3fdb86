import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault, fromBase64, instantOf, secondsOf, type Instant } from '@chaperone/encoding'
import { parseRoster, type Roster } from '@chaperone/domain'
import {
  initialise,
  placesOf,
  readInstallation,
  requireFreePort,
  rosterKey,
  startInstallation,
  type InstallationConfig,
  type Log,
  type Officer,
  type Restarts,
  type RunningInstallation,
} from '@chaperone/installation'
import { nodeCrypto } from '@chaperone/node-crypto'
import { UsageError } from './arguments.ts'
import { apiOf, signInWithKey, type Api, type Gateway } from './api.ts'
import { everybody, organisationName, targetPlan } from './organisation.ts'
import { keyOf, officersWith, softwareKeys, type SoftwareKeys } from './software-keys.ts'
import { rosterTargets, startTargets, type Targets } from './targets.ts'

export interface DemonstrationOptions {
  readonly folder: string
  /** What the ports are counted from, unless the folder was made for another. */
  readonly ports: Ports | undefined
  /** The targets' accounts end with it. */
  readonly passing: boolean
  readonly log: Log
  readonly onFailed: (fault: Fault) => void
  readonly restarts?: Restarts
}

export interface Ports {
  readonly app: number
  readonly desk: number
  readonly web: number
  readonly db: number
}

/** Everything that runs, and what the demonstration holds to act with. */
export interface Demonstration extends AsyncDisposable {
  readonly folder: string
  readonly installation: RunningInstallation
  readonly targets: Targets
  /** Public key blob of the certificate authority. */
  readonly authority: Uint8Array
  readonly keys: SoftwareKeys
  readonly officers: readonly Officer[]
  readonly gateway: Gateway
  /** A session for somebody whose software key the demonstration holds. */
  signIn(person: string): Promise<Api>
  /** Somebody who has not signed in. */
  readonly anybody: Api
}

export const defaultPortBase = 8400

export function portsFrom(base: number): Ports {
  return {
    app: base,
    desk: base + 1,
    web: base + targetPlan.web.portOffset,
    db: base + targetPlan.db.portOffset,
  }
}

/** Makes the demonstration when its folder has none, and starts all of it. Faults: those of the installation. */
export async function startDemonstration(options: DemonstrationOptions): Promise<Demonstration> {
  const { folder } = options
  const ports = portsOf(folder, options.ports)
  await requireFreePort('127.0.0.1', ports.web, 'the target web-1')
  await requireFreePort('127.0.0.1', ports.db, 'the target db-1')
  await requireFreePort('127.0.0.1', ports.app, 'the app')
  await requireFreePort('127.0.0.1', ports.desk, 'the desk')
  const keys = softwareKeys(join(folder, 'demo', 'keys'))
  await using starting = new AsyncDisposableStack()
  const begin = async (authority: Uint8Array) =>
    starting.use(await startTargets({ folder, ports, authority, passing: options.passing }))
  const targets = existsSync(placesOf(folder).trustRoot)
    ? await begin(authorityOf(folder))
    : await make(options, ports, keys, begin)
  const installation = starting.use(await startInstallation(folder, options))
  const gateway = { url: `http://127.0.0.1:${ports.app}`, origin: installation.config.app.origin }
  const started = starting.move()
  return {
    folder,
    installation,
    targets,
    authority: authorityOf(folder),
    keys,
    officers: officersWith(keys),
    gateway,
    anybody: apiOf(gateway),
    signIn: (person) => signInWithKey(gateway, keyOf(keys, person)),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

/** A folder keeps its ports: they are part of the origins that passkeys are bound to, and of the roster. */
function portsOf(folder: string, wanted: Ports | undefined): Ports {
  if (!existsSync(placesOf(folder).trustRoot)) return wanted ?? portsFrom(defaultPortBase)
  const { app, desk } = readInstallation(folder)
  const roster = firstRosterIn(folder)
  const portOf = (target: string) => roster.targets.find((known) => known.target === target)?.port ?? 0
  const made = {
    app: app.listen.port,
    desk: desk.listen.port,
    web: portOf(targetPlan.web.target),
    db: portOf(targetPlan.db.target),
  }
  if (wanted !== undefined && wanted.app !== made.app) {
    throw new UsageError(
      `the demonstration in ${folder} was made for port ${made.app}: leave --port-base away, or start anew with --reset`,
    )
  }
  return made
}

function firstRosterIn(folder: string): Roster {
  const file = JSON.parse(readFileSync(placesOf(folder).bootstrap, 'utf8')) as { bytes: string }
  const roster = parseRoster(fromBase64(file.bytes) ?? new Uint8Array())
  if (!roster.ok) throw new Fault('state-damaged', `${placesOf(folder).bootstrap}: is not a roster`)
  return roster.value
}

function authorityOf(folder: string): Uint8Array {
  return fromBase64(firstRosterIn(folder).authorities[0] ?? '') ?? new Uint8Array()
}

const rosterDays = 365

async function make(
  { folder }: DemonstrationOptions,
  ports: Ports,
  keys: SoftwareKeys,
  begin: (authority: Uint8Array) => Promise<Targets>,
): Promise<Targets> {
  const now = instantNow()
  const expires = instantOf(secondsOf(now) + rosterDays * 24 * 60 * 60)
  let targets: Targets | undefined
  const made = await initialise({
    folder,
    config: configuration(ports),
    now,
    expires,
    names: Object.fromEntries(everybody.map(({ person, name }) => [person, name])),
    officers: officersWith(keys),
    async roster(authority) {
      targets = await begin(authority)
      return { people: peopleWith(keys, now, expires), targets: rosterTargets(targets) }
    },
  })
  if (!made.ok || targets === undefined)
    throw new Fault('demo-not-made', `the first roster was refused: ${made.ok ? '' : made.error.code}`)
  return targets
}

function configuration(ports: Ports): object {
  return {
    organisation: organisationName,
    banner: { text: 'DEMONSTRATION · NOT FOR REAL WORK', colour: '#5c2d91' },
    app: { listen: { port: ports.app }, origin: `http://app.localhost:${ports.app}` },
    desk: { listen: { port: ports.desk }, origin: `http://sign.localhost:${ports.desk}` },
  } satisfies Partial<Record<keyof InstallationConfig, unknown>>
}

function peopleWith(keys: SoftwareKeys, from: Instant, until: Instant): Roster['people'] {
  return everybody.map(({ person, roles }) => {
    const key = keys.get(person)
    const held =
      key === undefined ? [] : [rosterKey(key.blob, 'software', { from, until }, [], nodeCrypto.sha256)]
    return { person, roles: [...roles], regimes: ['open'], until, keys: held }
  })
}

export function instantNow(): Instant {
  return instantOf(Math.floor(Date.now() / 1000))
}
