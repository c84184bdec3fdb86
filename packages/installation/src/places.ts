import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '@chaperone/encoding'

/** Where an installation keeps what. Each process owns its own folder and reaches no other's. */
export interface Places {
  readonly folder: string
  readonly config: string
  readonly trustRoot: string
  /** Roster 1 with its adoptions and people's names, for the gateway's first start. */
  readonly bootstrap: string
  readonly web: string
  readonly gateway: string
  readonly desk: string
  readonly signer: string
  readonly database: string
  readonly configs: { readonly gateway: string; readonly desk: string; readonly signer: string }
  readonly sockets: {
    readonly signerFolder: string
    readonly signer: string
    readonly officerFolder: string
    readonly officers: string
    readonly agents: string
    readonly database: string
  }
}

/** Socket addresses have 108 bytes; the agents' and the database's names are added to these folders. */
const longestSocketPath = 100

export function placesOf(state: string): Places {
  const folder = resolve(state)
  const at = (...parts: string[]) => join(folder, ...parts)
  const places: Places = {
    folder,
    config: at('chaperone.json'),
    trustRoot: at('root.json'),
    bootstrap: at('gateway', 'bootstrap.json'),
    web: at('web'),
    gateway: at('gateway'),
    desk: at('desk'),
    signer: at('signer'),
    database: at('db', 'data'),
    configs: { gateway: at('gateway.json'), desk: at('desk.json'), signer: at('signer.json') },
    sockets: {
      signerFolder: at('run', 'signer'),
      signer: at('run', 'signer', 's.sock'),
      officerFolder: at('run', 'officers'),
      officers: at('run', 'officers', 's.sock'),
      agents: at('run', 'agents'),
      database: at('run', 'db'),
    },
  }
  const longest = join(places.sockets.database, 'socket', '.s.PGSQL.5432')
  if (Buffer.byteLength(longest) > longestSocketPath) {
    throw new Fault(
      'socket-path-too-long',
      `\`${folder}\` is too long for the sockets in it: choose a shorter folder`,
    )
  }
  return places
}

/** The folder of an installation that nobody named one for. */
export function defaultFolder(name: 'chaperone' | 'chaperone-demo'): string {
  if (process.getuid?.() === 0) return join('/var/lib', name)
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), name)
}

/** The clone that this code runs from. */
export const cloneFolder = fileURLToPath(new URL('../../../', import.meta.url))

export function appEntry(app: 'gateway' | 'desk' | 'signer', file = 'main.ts'): string {
  return join(cloneFolder, 'apps', app, 'src', file)
}
