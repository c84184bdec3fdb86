import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { concat, Fault, parsePublicKeyLine, SshReader, sshString, u32 } from '@chaperone/encoding'
import { loadPrivateKey } from '@chaperone/node-crypto'
import type { SignAsAuthority } from './certificate.ts'

/** The certificate authority's key, wherever it lives. */
export interface Authority {
  /** SSH public key blob. */
  readonly blob: Uint8Array
  readonly sign: SignAsAuthority
}

export type AuthorityConfig =
  | { readonly file: string }
  /** A key in an ssh-agent; a PKCS#11 token comes in this way (`ssh-add -s`). `publicKey` is a `.pub` line. */
  | { readonly agent: string; readonly publicKey: string }

export function openAuthority(config: AuthorityConfig): Authority {
  if ('file' in config) {
    const key = loadPrivateKey(readFileSync(config.file, 'utf8'))
    return { blob: key.blob, sign: (message) => Promise.resolve(key.signSsh(message)) }
  }
  const key = parsePublicKeyLine(config.publicKey)
  if (!key.ok) throw new Fault('key-unusable', 'the authority’s public key cannot be read')
  const { blob } = key.value
  return { blob, sign: (message) => signByAgent(config.agent, blob, message) }
}

const signRequest = 13
const signResponse = 14
const largestAnswer = 16 * 1024
const patience = 10_000

/** One signature by an ssh-agent (draft-miller-ssh-agent §3.6). Fault `authority-unavailable`. */
function signByAgent(socketPath: string, blob: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const refuse = (cause?: unknown) =>
      reject(new Fault('authority-unavailable', 'the agent did not sign', { cause }))
    const body = concat(new Uint8Array([signRequest]), sshString(blob), sshString(message), u32(0))
    const socket = connect(socketPath)
    let heard: Uint8Array = new Uint8Array(0)
    socket.setTimeout(patience, () => socket.destroy(new Error('no answer in time')))
    socket.on('error', refuse)
    socket.on('close', () => refuse())
    socket.on('data', (piece: Buffer) => {
      heard = concat(heard, piece)
      if (heard.length > largestAnswer) socket.destroy(new Error('answer too long'))
      const signature = readAnswer(heard)
      if (signature === undefined) return
      resolve(signature)
      socket.end()
    })
    socket.write(sshString(body))
  })
}

function readAnswer(heard: Uint8Array): Uint8Array | undefined {
  if (heard.length < 5) return undefined
  const length = new DataView(heard.buffer, heard.byteOffset).getUint32(0)
  if (heard.length < 4 + length) return undefined
  const reader = new SshReader(heard.subarray(4, 4 + length))
  if (reader.u8() !== signResponse) throw new Fault('authority-unavailable', 'the agent refused to sign')
  return reader.string()
}
