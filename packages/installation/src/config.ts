import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '@chaperone/encoding'

/**
 * What an operator decides about an installation: `chaperone.json` in its folder (docs/configuration.md lists every
 * member; a test compares). Everything else follows from it.
 */

const port = z.int().min(1).max(65_535)
const listen = (defaultPort: number) =>
  z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on.'),
      port: port.default(defaultPort).describe('Port to listen on.'),
    })
    .prefault({})
    .describe('Where it listens. Without TLS only loopback is accepted.')
const tls = z
  .strictObject({
    key: z.string().describe('PEM file of the private key.'),
    certificate: z.string().describe('PEM file of the certificate and its chain.'),
  })
  .optional()
  .describe('TLS of our own. Needed off loopback.')

export const installationShape = z.strictObject({
  organisation: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
    .describe('The organisation, as the roster names it.'),
  logOrigin: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/)
    .optional()
    .describe('The log’s name in its checkpoints; by default `chaperone.invalid/` and the organisation.'),
  banner: z
    .strictObject({
      text: z.string().max(200).describe('Its text.'),
      colour: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/)
        .describe('Its colour, as `#rrggbb`.'),
    })
    .default({ text: 'UNCLASSIFIED', colour: '#007a33' })
    .describe('The classification banner on every page.'),
  app: z
    .strictObject({
      listen: listen(8400),
      origin: z.url().default('http://app.localhost:8400').describe('What browsers call the app.'),
      tls,
    })
    .prefault({})
    .describe('The gateway, where people work.'),
  desk: z
    .strictObject({
      listen: listen(8401),
      origin: z
        .url()
        .default('http://sign.localhost:8401')
        .describe('What browsers call the desk: another host than the app, never a parent domain of it.'),
      rpId: z
        .string()
        .optional()
        .describe('The relying party of deciding passkeys; by default the desk’s host.'),
      tls,
    })
    .prefault({})
    .describe('The desk, where decisions are signed.'),
  database: z
    .strictObject({ url: z.string().describe('As `postgres://user@host/database`.') })
    .optional()
    .describe('A PostgreSQL to use. Without it we run one of our own.'),
  caKey: z
    .union([
      z.strictObject({ file: z.string() }),
      z.strictObject({ agent: z.string(), publicKey: z.string() }),
    ])
    .optional()
    .describe(
      'Where the certificate authority’s key is: `{"file": PATH}` of a PKCS#8 PEM, or `{"agent": SOCKET, "publicKey": LINE}` of an ssh-agent, which may have it from a PKCS#11 module. By default a file that `chaperone init` makes.',
    ),
  kexAlgorithms: z
    .string()
    .optional()
    .describe('For `ssh -o KexAlgorithms`; by default what OpenSSH chooses.'),
})

export type InstallationConfig = z.output<typeof installationShape>

/** The configuration with its defaults filled in. Fault `config-invalid` names the first wrong member. */
export function checkConfig(json: unknown, file: string): InstallationConfig {
  const parsed = installationShape.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Fault('config-invalid', `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
  }
  requireApart(parsed.data, file)
  for (const part of ['app', 'desk'] as const) requireTls(parsed.data, part, file)
  return parsed.data
}

const loopback = ['127.0.0.1', '::1', 'localhost']

/** Sessions and commands in clear on a network: refused, whatever the operator thinks of that network. */
function requireTls(config: InstallationConfig, part: 'app' | 'desk', file: string): void {
  const { listen, tls } = config[part]
  if (tls !== undefined || loopback.includes(listen.host)) return
  throw new Fault('config-invalid', `${file}: ${part}.tls: needed to listen on ${listen.host}, off loopback`)
}

/** A page of one origin must not be able to ask for the other's passkeys, whichever of them is attacked. */
function requireApart({ app, desk }: InstallationConfig, file: string): void {
  const [appHost, deskHost] = [new URL(app.origin).hostname, new URL(desk.origin).hostname]
  if (isAtOrBelow(appHost, deskHost) || isAtOrBelow(deskHost, appHost))
    throw new Fault(
      'config-invalid',
      `${file}: desk.origin: neither the app’s host nor a parent or child of it`,
    )
  const rpId = desk.rpId ?? deskHost
  if (isAtOrBelow(deskHost, rpId) && !isAtOrBelow(appHost, rpId)) return
  throw new Fault(
    'config-invalid',
    `${file}: desk.rpId: the desk’s host or a parent of it, and none of the app’s`,
  )
}

function isAtOrBelow(host: string, parent: string): boolean {
  return host === parent || host.endsWith(`.${parent}`)
}

/** Reads `chaperone.json` of an installation's folder. Faults: `config-missing`, `config-invalid`. */
export function readInstallation(folder: string): InstallationConfig {
  const file = join(folder, 'chaperone.json')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('config-missing', `there is no installation in \`${folder}\`: run \`chaperone init\``, {
      cause,
    })
  }
  try {
    return checkConfig(JSON.parse(text), file)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('config-invalid', `${file} is not JSON`, { cause })
  }
}

export function logOriginOf(config: InstallationConfig): string {
  return config.logOrigin ?? `chaperone.invalid/${config.organisation}`
}
