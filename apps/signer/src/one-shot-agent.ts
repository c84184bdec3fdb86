import { chmodSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import {
  concat,
  equalBytes,
  keyIdOf,
  SshReader,
  SshWireError,
  sshString,
  u32,
  type KeyId,
} from '@chaperone/encoding'
import { nodeCrypto, type PrivateKey } from '@chaperone/node-crypto'
import { certificateType } from './certificate.ts'

export interface OneShotLogin {
  readonly certificate: Uint8Array
  readonly key: PrivateKey
  readonly user: string
  /** The plain host key at which the login may happen. */
  readonly hostKey: KeyId
  readonly seconds: number
}

const failure = new Uint8Array([5])
const longestMessage = 256 * 1024
const mostConnections = 8

/** Ends itself when it was used, closed or waited for long enough; then `gone` is called. */
export interface OneShotAgent {
  close(): void
}

/**
 * Serves an ssh-agent at `path` that signs one login: for this certificate and account, at this host key, which
 * OpenSSH puts into what it asks to be signed (`publickey-hostbound-v00@openssh.com`). Whoever may open the socket
 * can use the login up, and nothing else. It closes after the signature or after `seconds`.
 */
export async function serveOneShotAgent(
  path: string,
  login: OneShotLogin,
  gone: () => void = () => undefined,
): Promise<OneShotAgent> {
  let used = false
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined) // a client that is gone needs no answer
    let waiting: Uint8Array = new Uint8Array()
    socket.on('data', (bytes) => {
      waiting = concat(waiting, bytes)
      for (let message = firstMessage(waiting); message !== undefined; message = firstMessage(waiting)) {
        waiting = waiting.subarray(4 + message.length)
        socket.write(sshString(answer(message)))
      }
      if (waiting.length > longestMessage) socket.destroy()
    })
  })
  server.maxConnections = mostConnections

  function answer(message: Uint8Array): Uint8Array {
    if (used) return failure
    if (message[0] === 11) return identities(login.certificate)
    if (message[0] !== 13) return failure
    const data = loginToSign(message, login)
    if (data === undefined) return failure
    used = true
    setImmediate(close)
    return concat(new Uint8Array([14]), sshString(login.key.signSsh(data)))
  }

  function close(): void {
    used = true
    clearTimeout(expiry)
    server.close()
    for (const socket of sockets) socket.end()
  }

  const expiry = setTimeout(close, login.seconds * 1000)
  expiry.unref()
  server.once('close', gone)
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o660)
  return { close }
}

function identities(certificate: Uint8Array): Uint8Array {
  return concat(new Uint8Array([12]), u32(1), sshString(certificate), sshString('chaperone'))
}

function firstMessage(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 4) return undefined
  const length = new SshReader(bytes).u32()
  return bytes.length < 4 + length ? undefined : bytes.subarray(4, 4 + length)
}

/** The bytes to sign when they are the one login this agent is for (OpenSSH PROTOCOL §1.8 and RFC 4252 §7). */
function loginToSign(message: Uint8Array, login: OneShotLogin): Uint8Array | undefined {
  try {
    const request = new SshReader(message.subarray(1))
    if (!equalBytes(request.string(), login.certificate)) return undefined
    const data = request.string()
    request.u32()
    request.end()
    return isTheLogin(new SshReader(data), login) ? data : undefined
  } catch (error) {
    if (error instanceof SshWireError) return undefined
    throw error
  }
}

const userauthRequest = 50

function isTheLogin(data: SshReader, login: OneShotLogin): boolean {
  data.string() // session id
  const right =
    data.u8() === userauthRequest &&
    data.text() === login.user &&
    data.text() === 'ssh-connection' &&
    data.text() === 'publickey-hostbound-v00@openssh.com' &&
    data.u8() === 1 &&
    data.text() === certificateType &&
    equalBytes(data.string(), login.certificate)
  if (!right) return false
  const hostKey = plainHostKey(data.string())
  data.end()
  return hostKey !== undefined && keyIdOf(hostKey, nodeCrypto.sha256) === login.hostKey
}

/** The key itself, or the key that a host certificate is about. */
function plainHostKey(blob: Uint8Array): Uint8Array | undefined {
  const reader = new SshReader(blob)
  const type = reader.text()
  if (!type.endsWith('-cert-v01@openssh.com')) return blob
  const plain = type.replace('-cert-v01@openssh.com', '')
  reader.string() // nonce
  if (plain === 'ssh-ed25519') return concat(sshString(plain), sshString(reader.string()))
  if (plain !== 'ecdsa-sha2-nistp256') return undefined
  return concat(sshString(plain), sshString(reader.string()), sshString(reader.string()))
}
