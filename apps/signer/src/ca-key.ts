import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import {
  concat,
  Fault,
  parsePublicKeyLine,
  SshReader,
  sshString,
  u32,
  type SshPublicKey,
} from '@chaperone/encoding'
import { loadPrivateKey } from '@chaperone/node-crypto'
import type { CaKey } from './certificate.ts'

/** A key in a file of ours (PKCS#8 PEM, Ed25519 or P-256). */
export function caKeyInFile(path: string): CaKey {
  const key = loadPrivateKey(readFileSync(path, 'utf8'))
  return { blob: key.blob, sign: (message) => Promise.resolve(key.signSsh(message)) }
}

const longestAnswer = 16 * 1024
const patience = 10_000

/** A key in an ssh-agent, which may have it from a PKCS#11 module. `publicKey` is the line of its `.pub` file. */
export function caKeyInAgent(socket: string, publicKey: string): CaKey {
  const key = parsePublicKeyLine(publicKey)
  if (!key.ok || key.value.application !== undefined) {
    throw new Fault('ca-key-unusable', 'a certificate authority needs an Ed25519 or P-256 key')
  }
  return { blob: key.value.blob, sign: (message) => signInAgent(socket, key.value, message) }
}

async function signInAgent(path: string, key: SshPublicKey, message: Uint8Array): Promise<Uint8Array> {
  try {
    const request = concat(new Uint8Array([13]), sshString(key.blob), sshString(message), u32(0))
    const answer = new SshReader(await ask(path, sshString(request)))
    const body = new SshReader(answer.string())
    if (body.u8() !== 14) throw new Error('the agent refused')
    const signature = body.string()
    const type = new SshReader(signature).text()
    if (type !== key.type) throw new Error(`the agent signed as ${type}`)
    return signature
  } catch (cause) {
    throw new Fault('ca-unavailable', 'the agent with the certificate authority’s key did not sign', {
      cause,
    })
  }
}

async function ask(path: string, request: Uint8Array): Promise<Uint8Array> {
  const socket = connect(path)
  socket.setTimeout(patience, () => socket.destroy(new Error('no answer in time')))
  try {
    await once(socket, 'connect')
    socket.write(request)
    let answer: Uint8Array = new Uint8Array()
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      answer = concat(answer, bytes)
      if (answer.length > longestAnswer) throw new Error('the answer is too long')
      if (answer.length >= 4 && answer.length >= 4 + new SshReader(answer).u32()) return answer
    }
    throw new Error('the agent hung up')
  } finally {
    socket.destroy()
  }
}
