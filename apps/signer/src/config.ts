import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault } from '@chaperone/encoding'

const id = z.int().min(0)

const shape = z.object({
  /** Own state: `ca.key` (unless an agent has it), `cosigner.key`, `journal`. Closed to every other account. */
  folder: z.string(),
  /** Where the gateway asks; its folder's group may connect. */
  socket: z.string(),
  /** Where officers deliver stops, lifts, recoveries and rosters themselves. */
  officerSocket: z.string(),
  /** Where one-shot agents listen; its folder's group is the gateway's. */
  agentFolder: z.string(),
  caKey: z.union([
    z.strictObject({ file: z.string() }),
    z.strictObject({ agent: z.string(), publicKey: z.string() }),
  ]),
  /** The log's name, which the trust root must name too. */
  origin: z.string(),
  /** The trust root's file. */
  trustRoot: z.string(),
  account: z.strictObject({ uid: id, gid: id, groups: z.array(id) }).optional(),
})

/** `node apps/signer/src/main.ts CONFIG.json` (spec/signer.md §2). */
export type SignerConfig = z.infer<typeof shape>

/** Fault `config-invalid`. */
export function readConfig(path: string): SignerConfig {
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Fault('config-invalid', `\`${path}\` is not the signer’s configuration`, { cause })
  }
}
