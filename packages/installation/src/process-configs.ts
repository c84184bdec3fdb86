import type { Accounts } from './accounts.ts'
import { logOriginOf, type InstallationConfig } from './config.ts'
import { join } from 'node:path'
import type { Places } from './places.ts'
import type { SystemAccount } from './system-account.ts'

/** What each process is told, derived anew at every start so that only `chaperone.json` is ever edited. */
export interface ProcessConfigs {
  readonly gateway: Readonly<Record<string, unknown>>
  readonly desk: Readonly<Record<string, unknown>>
  readonly signer: Readonly<Record<string, unknown>>
}

export interface DatabaseAddress {
  readonly host: string
  readonly database: string
  readonly user: string
}

export function processConfigs(
  config: InstallationConfig,
  places: Places,
  accounts: Accounts | undefined,
  database: DatabaseAddress | { readonly url: string },
): ProcessConfigs {
  const { organisation, banner, app, desk, kexAlgorithms } = config
  return {
    gateway: {
      organisation,
      banner,
      listen: app.listen,
      tls: app.tls,
      origin: app.origin,
      desk: { origin: desk.origin, tokenFile: join(places.gateway, 'desk.token') },
      database,
      folder: places.gateway,
      signerSocket: places.sockets.signer,
      trustRootFile: places.trustRoot,
      webFolder: places.web,
      kexAlgorithms,
      account: become(accounts?.gateway),
    },
    desk: {
      listen: desk.listen,
      tls: desk.tls,
      origin: desk.origin,
      rpId: desk.rpId ?? new URL(desk.origin).hostname,
      appOrigin: app.origin,
      gateway: { url: gatewayUrl(config), tokenFile: join(places.desk, 'desk.token') },
      trustRootFile: places.trustRoot,
      folder: places.desk,
      banner,
      account: become(accounts?.desk),
    },
    signer: signerConfig(config, places, accounts),
  }
}

export function signerConfig(
  config: InstallationConfig,
  places: Places,
  accounts: Accounts | undefined,
): Readonly<Record<string, unknown>> {
  return {
    folder: places.signer,
    socket: places.sockets.signer,
    officerSocket: places.sockets.officers,
    agentFolder: places.sockets.agents,
    caKey: config.caKey ?? { file: join(places.signer, 'ca.key') },
    origin: logOriginOf(config),
    trustRoot: places.trustRoot,
    account: become(accounts?.signer),
  }
}

/** The desk asks the gateway where it listens, not by its name: names may lead out of the machine. */
function gatewayUrl({ app }: InstallationConfig): string {
  if (app.tls !== undefined) return app.origin
  const host = app.listen.host.includes(':') ? `[${app.listen.host}]` : app.listen.host
  return `http://${host}:${app.listen.port}`
}

function become(account: SystemAccount | undefined) {
  return account === undefined ? undefined : { uid: account.uid, gid: account.gid, groups: [] }
}
