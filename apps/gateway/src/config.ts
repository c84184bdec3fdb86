import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault } from '@chaperone/encoding'

const account = z.strictObject({ uid: z.int(), gid: z.int(), groups: z.array(z.int()).default([]) })

const shape = z.strictObject({
  organisation: z.string().min(1),
  banner: z.strictObject({ text: z.string(), colour: z.string() }),
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  tls: z.strictObject({ key: z.string(), certificate: z.string() }).optional(),
  /** What browsers call us: scheme, host, port. */
  origin: z.url(),
  desk: z.strictObject({ origin: z.url(), tokenFile: z.string() }),
  database: z.union([
    z.strictObject({ host: z.string(), port: z.int().optional(), database: z.string(), user: z.string() }),
    z.strictObject({ url: z.string() }),
  ]),
  /** Our own state: log.key, kek, fork guard, published log. */
  folder: z.string(),
  signerSocket: z.string(),
  trustRootFile: z.string(),
  webFolder: z.string(),
  /** For `ssh -o KexAlgorithms`; unset is OpenSSH's own choice. */
  kexAlgorithms: z.string().optional(),
  /** Whom to become after start, when started as root. */
  account: account.optional(),
})

export type GatewayConfig = z.infer<typeof shape>

/** Reads a configuration file. Fault `config-invalid` names the first wrong member. */
export function readConfig(path: string): GatewayConfig {
  const parsed = shape.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Fault('config-invalid', `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  const { listen, tls } = parsed.data
  // Sessions and commands in clear on a network: refused, whatever the operator thinks of that network.
  if (tls === undefined && !['127.0.0.1', '::1', 'localhost'].includes(listen.host)) {
    throw new Fault('tls-needed', 'without TLS the gateway listens on loopback only')
  }
  return parsed.data
}
