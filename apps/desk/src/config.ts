import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault, isId } from '@chaperone/encoding'

const loopback = ['127.0.0.1', '::1', 'localhost']
const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'not an origin such as https://sign.example.org',
})

const shape = z.strictObject({
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  /** PEM files. Needed unless we listen on loopback only. */
  tls: z.strictObject({ key: z.string(), certificate: z.string() }).optional(),
  /** What browsers call us. */
  origin,
  /** WebAuthn's relying party: our host, or a parent that no other origin of the product shares. */
  rpId: z.string(),
  /** Where people review; shown and linked. */
  appOrigin: origin,
  gateway: z.strictObject({ url: origin, tokenFile: z.string() }),
  trustRootFile: z.string(),
  /** Our own state: the highest roster seen. */
  folder: z.string(),
  banner: z.strictObject({ text: z.string().max(200), colour: z.string().regex(/^#[0-9a-fA-F]{6}$/) }),
  /** Whom to become after start, when started as root. */
  account: z.strictObject({ uid: z.int(), gid: z.int(), groups: z.array(z.int()).default([]) }).optional(),
})

export type DeskConfig = z.infer<typeof shape>

/** Reads a configuration file. Faults: `config-invalid` names the first wrong member, `tls-needed`. */
export function readConfig(path: string): DeskConfig {
  const parsed = shape.safeParse(readJson(path))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Fault('config-invalid', `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  return checkConfig(parsed.data)
}

/** What no single member shows. */
export function checkConfig(config: DeskConfig): DeskConfig {
  const host = new URL(config.origin).hostname
  if (config.tls === undefined && !loopback.includes(config.listen.host)) {
    throw new Fault('tls-needed', 'without TLS the desk listens on loopback only')
  }
  if (host !== config.rpId && !host.endsWith(`.${config.rpId}`)) {
    throw new Fault('config-invalid', 'rpId: is neither the host of our origin nor a parent of it')
  }
  const app = new URL(config.appOrigin).hostname
  // Credentials that the application's pages could ask for would let them sign decisions.
  if (app === config.rpId || app.endsWith(`.${config.rpId}`)) {
    throw new Fault('config-invalid', 'rpId: the application’s pages could use the desk’s passkeys')
  }
  return config
}

const trustRootShape = z.strictObject({
  format: z.literal('chaperone-root/v1'),
  origin: z.string(),
  logKey: z.string(),
  signerKey: z.string(),
  rosterDigest: z.string().refine((text) => isId('digest', text)),
  organisation: z.string(),
})

/** What everything here is judged by, obtained elsewhere than from the gateway. */
export type TrustRoot = z.infer<typeof trustRootShape>

/** Fault `config-invalid` for anything but these members. */
export function readTrustRoot(path: string): TrustRoot {
  const parsed = trustRootShape.safeParse(readJson(path))
  if (!parsed.success) throw new Fault('config-invalid', `${path}: not a trust root`)
  return parsed.data
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Fault('config-invalid', `${path}: cannot be read as JSON`, { cause })
  }
}
