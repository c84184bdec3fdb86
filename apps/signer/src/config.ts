import { readFileSync } from 'node:fs'
import { Fault } from '@chaperone/encoding'
import type { AuthorityConfig } from './certificate-authority.ts'

/** `node apps/signer/src/main.ts CONFIG.json` (spec/signer.md §2). */
export interface SignerConfig {
  /** Own state: `ca.key` (unless an agent has it), `cosigner.key`, `journal`. Closed to every other account. */
  readonly folder: string
  /** Where the gateway asks; its folder's group may connect. */
  readonly socket: string
  /** Where officers deliver stops and rosters themselves. */
  readonly officerSocket: string
  /** Where one-shot agents listen. */
  readonly agentFolder: string
  readonly caKey: AuthorityConfig
  /** The trust root's file. */
  readonly trustRoot: string
  readonly account?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
}

/** Fault `config-invalid`. */
export function readConfig(path: string): SignerConfig {
  const json = JSON.parse(readFileSync(path, 'utf8')) as Partial<SignerConfig>
  for (const member of ['folder', 'socket', 'officerSocket', 'agentFolder', 'trustRoot'] as const) {
    if (typeof json[member] !== 'string') throw new Fault('config-invalid', `${path}: ${member} is missing`)
  }
  const { caKey } = json
  const usable =
    typeof caKey === 'object' &&
    caKey !== null &&
    ('file' in caKey || ('agent' in caKey && 'publicKey' in caKey))
  if (!usable) throw new Fault('config-invalid', `${path}: caKey names neither a file nor an agent`)
  return json as SignerConfig
}
