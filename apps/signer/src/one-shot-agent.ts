import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { concat, equalBytes, SshReader, SshWireError, sshString, u32 } from '@chaperone/encoding'
import { verifyPlain, parsePublicKey, type Crypto } from '@chaperone/encoding'

/** What one login may be. */
export interface Login {
  readonly account: string
  /** Plain host key blobs that count. */
  readonly hostKeys: readonly Uint8Array[]
  /** Keys whose host certificates over one of `hostKeys` count as well. */
  readonly hostAuthorities: readonly Uint8Array[]
  /** The user certificate. */
  readonly certificate: Uint8Array
}

const requestIdentities = 11
const identitiesAnswer = 12
const signRequest = 13
const signResponse = 14
const failure = new Uint8Array([5])
const largestMessage = 256 * 1024

/**
 * An ssh-agent that signs once: the one login it was made for, at one of the stated host keys, which the client's
 * request names inside the bytes to be signed (publickey-hostbound-v00@openssh.com). Then it is gone.
 */
export function serveOneShotAgent(
  path: string,
  login: Login,
  sign: (data: Uint8Array) => Uint8Array,
  seconds: number,
  crypto: Crypto,
): Promise<void> {
  let spent = false

  function answer(message: Uint8Array): Uint8Array {
    if (message[0] === requestIdentities) {
      const keys = spent ? [] : [sshString(login.certificate), sshString('chaperone')]
      return concat(new Uint8Array([identitiesAnswer]), u32(spent ? 0 : 1), ...keys)
    }
    if (message[0] !== signRequest || spent) return failure
    const data = signable(message.subarray(1), login, crypto)
    if (data === undefined) return failure
    spent = true
    server.close()
    return concat(new Uint8Array([signResponse]), sshString(sign(data)))
  }

  const server = createServer((socket) => talk(socket, answer))
  return listen(server, path, seconds)
}

function listen(server: Server, path: string, seconds: number): Promise<void> {
  const timer = setTimeout(() => server.close(), seconds * 1000)
  timer.unref()
  server.on('close', () => {
    clearTimeout(timer)
    rmSync(path, { force: true })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      // The folder's set-group-id bit gives it the gateway's group; connecting needs write permission.
      chmodSync(path, 0o660)
      resolve()
    })
  })
}

function talk(socket: Socket, answer: (message: Uint8Array) => Uint8Array): void {
  let heard: Uint8Array = new Uint8Array(0)
  socket.on('error', () => undefined)
  socket.on('data', (piece: Buffer) => {
    heard = concat(heard, piece)
    while (heard.length >= 4) {
      const length = new DataView(heard.buffer, heard.byteOffset).getUint32(0)
      if (length === 0 || length > largestMessage) return void socket.destroy()
      if (heard.length < 4 + length) return
      socket.write(sshString(answer(heard.subarray(4, 4 + length))))
      heard = heard.slice(4 + length)
    }
  })
}

/** The bytes to sign, if they are this login at a stated host key; RFC 4252 §7 and PROTOCOL §1.4 of OpenSSH. */
function signable(request: Uint8Array, login: Login, crypto: Crypto): Uint8Array | undefined {
  try {
    const reader = new SshReader(request)
    const key = reader.string()
    const data = reader.string()
    reader.u32()
    reader.end()
    const asked = new SshReader(data)
    asked.string() // session id
    const isLogin = asked.u8() === 50 && asked.text() === login.account && asked.text() === 'ssh-connection'
    if (!isLogin || asked.text() !== 'publickey-hostbound-v00@openssh.com' || asked.u8() !== 1)
      return undefined
    if (asked.text() !== 'ssh-ed25519-cert-v01@openssh.com') return undefined
    if (!equalBytes(asked.string(), login.certificate) || !equalBytes(key, login.certificate))
      return undefined
    const host = asked.string()
    asked.end()
    return isStatedHost(host, login, crypto) ? data : undefined
  } catch (error) {
    if (error instanceof SshWireError) return undefined
    throw error
  }
}

function isStatedHost(host: Uint8Array, login: Login, crypto: Crypto): boolean {
  const stated = (blob: Uint8Array) => login.hostKeys.some((key) => equalBytes(key, blob))
  if (stated(host)) return true
  const certified = certifiedHostKey(host, login.hostAuthorities, crypto)
  return certified !== undefined && stated(certified)
}

/** The plain key inside a host certificate, if one of these authorities signed it. */
function certifiedHostKey(
  host: Uint8Array,
  authorities: readonly Uint8Array[],
  crypto: Crypto,
): Uint8Array | undefined {
  const reader = new SshReader(host)
  if (reader.text() !== 'ssh-ed25519-cert-v01@openssh.com') return undefined
  reader.string() // nonce
  const plain = concat(sshString('ssh-ed25519'), sshString(reader.string()))
  reader.u64()
  if (reader.u32() !== 2) return undefined
  for (let skipped = 0; skipped < 2; skipped++) reader.string()
  reader.u64()
  reader.u64()
  for (let skipped = 0; skipped < 3; skipped++) reader.string()
  const authority = reader.string()
  const signed = host.subarray(0, host.length - 4 - signatureLength(reader))
  const signature = new SshReader(host.subarray(signed.length + 4))
  signature.text()
  const raw = signature.string()
  const key = parsePublicKey(authority)
  const known = authorities.some((blob) => equalBytes(blob, authority))
  return known && key.ok && key.value.type === 'ssh-ed25519' && verifyPlain(key.value, signed, raw, crypto)
    ? plain
    : undefined
}

function signatureLength(reader: SshReader): number {
  const { length } = reader.string()
  reader.end()
  return length
}
