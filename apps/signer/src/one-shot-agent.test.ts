import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { concat, keyIdOf, sshString, u32, utf8 } from '@chaperone/encoding'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import { afterAll, expect, test } from 'vitest'
import { certificateType } from './certificate.ts'
import { serveOneShotAgent } from './one-shot-agent.ts'

const folder = mkdtempSync(join(tmpdir(), 'chaperone-agent-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const key = generateKey().key
const host = generateKey().key
const certificate = concat(sshString(certificateType), utf8('as good as any'))
let made = 0

async function agent(seconds = 60) {
  const path = join(folder, `agent${made++}`)
  const hostKey = keyIdOf(host.blob, nodeCrypto.sha256)
  const served = await serveOneShotAgent(path, { certificate, key, user: 'ops', hostKey, seconds })
  return { path, ...served }
}

/** The first byte of the agent's answer, or `undefined` where it hung up. */
async function ask(path: string, request: Uint8Array): Promise<number | undefined> {
  const socket = connect(path)
  socket.on('error', () => undefined)
  socket.write(request)
  const answer = await new Promise<Buffer | undefined>((resolve) => {
    socket.once('data', resolve)
    socket.once('close', () => resolve(undefined))
  })
  socket.destroy()
  return answer?.[4]
}

const words: Readonly<Record<string, Uint8Array>> = {
  session: sshString('a session id'),
  kind: new Uint8Array([50]),
  user: sshString('ops'),
  service: sshString('ssh-connection'),
  method: sshString('publickey-hostbound-v00@openssh.com'),
  signed: new Uint8Array([1]),
  type: sshString(certificateType),
  blob: sshString(certificate),
  hostKey: sshString(host.blob),
  end: new Uint8Array(),
}

function login(
  change: Readonly<Record<string, Uint8Array>> = {},
  blob: Uint8Array = certificate,
): Uint8Array {
  const data = concat(...Object.values({ ...words, ...change }))
  return sshString(concat(new Uint8Array([13]), sshString(blob), sshString(data), u32(0)))
}

const failure = 5
const signed = 14
const other = generateKey().key

test.for<[what: string, request: Uint8Array]>([
  ['another user', login({ user: sshString('root') })],
  ['another service', login({ service: sshString('ssh-agent') })],
  ['a login that is not bound to a host', login({ method: sshString('publickey') })],
  ['another host key', login({ hostKey: sshString(other.blob) })],
  ['no host key', login({ hostKey: sshString('') })],
  ['a host certificate for another key', login({ hostKey: sshString(hostCertificate(other)) })],
  ['another certificate', login({ blob: sshString('another') })],
  ['another key', login({}, other.blob)],
  ['another type', login({ type: sshString('ssh-ed25519') })],
  ['no signature wanted', login({ signed: new Uint8Array([0]) })],
  ['another message', login({ kind: new Uint8Array([51]) })],
  ['more than a login', login({ end: new Uint8Array(1) })],
  ['half a login', login({ hostKey: new Uint8Array() })],
  ['anything else', sshString(new Uint8Array([17]))],
  ['nothing', sshString('')],
])('it does not sign %s, and still signs the login', async ([, request]) => {
  const { path } = await agent()
  expect(await ask(path, request)).toBe(failure)
  expect(await ask(path, login())).toBe(signed)
})

test('it signs once', async () => {
  const { path } = await agent()
  const both = concat(login(), login())
  const socket = connect(path)
  socket.write(both)
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  await once(socket, 'close')
  const answers = Buffer.concat(parts)
  const first = answers.readUInt32BE(0)
  expect([answers[4], answers[4 + first + 4]]).toEqual([signed, failure])
  expect(existsSync(path)).toBe(false)
})

test('it signs for a host that shows a certificate for its key', async () => {
  const { path } = await agent()
  expect(await ask(path, login({ hostKey: sshString(hostCertificate(host)) }))).toBe(signed)
})

test('it hangs up on a message that is too long', async () => {
  const { path, close } = await agent()
  expect(await ask(path, concat(u32(1_000_000), new Uint8Array(300_000)))).toBeUndefined()
  close()
})

test('it is gone after its time', async () => {
  const { path } = await agent(0)
  const waiting = connect(path)
  waiting.on('error', () => undefined)
  // It may be gone before the connection is there, which is an error first.
  await new Promise((resolve) => waiting.once('close', resolve))
  expect(existsSync(path)).toBe(false)
})

/** The parts of a host certificate that say whose it is; who vouches for it is the client's to check. */
function hostCertificate({ point }: { readonly point: Uint8Array }): Uint8Array {
  return concat(sshString('ssh-ed25519-cert-v01@openssh.com'), sshString('nonce'), sshString(point))
}
