import { concat, fromBase64, toBase64 } from './bytes.ts'
import type { Crypto, Sha256 } from './crypto.ts'
import type { KeyId } from './ids.ts'
import { err, ok, type Result } from './result.ts'
import { SshReader, SshWireError, sshString } from './ssh-wire.ts'

/** Public keys that may sign here; RSA and DSA are not among them. */
export type SshKeyType =
  'ssh-ed25519' | 'ecdsa-sha2-nistp256' | 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com'

export interface SshPublicKey {
  readonly type: SshKeyType
  /** The blob of RFC 4253 §6.6, as signatures and certificates carry it. */
  readonly blob: Uint8Array
  /** 32 bytes of Ed25519, or the 65-byte uncompressed P-256 point. */
  readonly point: Uint8Array
  /** For `sk-` keys: the application (a passkey's rpId). */
  readonly application: string | undefined
}

export type SshKeyRefusal = { readonly code: 'ssh-key-malformed' } | { readonly code: 'ssh-key-type-unknown' }

/** Reads a public key blob and refuses any other type, size or trailing byte. */
export function parsePublicKey(blob: Uint8Array): Result<SshPublicKey, SshKeyRefusal> {
  try {
    const reader = new SshReader(blob)
    const type = reader.text()
    if (!isKeyType(type)) return err({ code: 'ssh-key-type-unknown' })
    const elliptic = type.includes('nistp256')
    if (elliptic && reader.text() !== 'nistp256') return err({ code: 'ssh-key-malformed' })
    const point = reader.string()
    const application = type.startsWith('sk-') ? reader.text() : undefined
    reader.end()
    const wellFormed = elliptic ? point.length === 65 && point[0] === 4 : point.length === 32
    return wellFormed ? ok({ type, blob, point, application }) : err({ code: 'ssh-key-malformed' })
  } catch (error) {
    if (error instanceof SshWireError) return err({ code: 'ssh-key-malformed' })
    throw error
  }
}

function isKeyType(text: string): text is SshKeyType {
  return /^(ssh-ed25519|ecdsa-sha2-nistp256|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/.test(
    text,
  )
}

export function ed25519Blob(publicKey: Uint8Array): Uint8Array {
  return concat(sshString('ssh-ed25519'), sshString(publicKey))
}

export function p256Blob(point: Uint8Array): Uint8Array {
  return concat(sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(point))
}

/** A passkey's ES256 public key as the OpenSSH security key it is; `rpId` is its application. */
export function skP256Blob(point: Uint8Array, rpId: string): Uint8Array {
  return concat(
    sshString('sk-ecdsa-sha2-nistp256@openssh.com'),
    sshString('nistp256'),
    sshString(point),
    sshString(rpId),
  )
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function keyIdOf(blob: Uint8Array, sha256: Sha256): KeyId {
  return `SHA256:${toBase64(sha256(blob)).replace(/=+$/, '')}`
}

/** `type base64 [comment]`, the form of `*.pub` files. */
export function parsePublicKeyLine(line: string): Result<SshPublicKey, SshKeyRefusal> {
  const [type, base64] = line.trim().split(/\s+/)
  const blob = base64 === undefined ? undefined : fromBase64(base64)
  if (blob === undefined) return err({ code: 'ssh-key-malformed' })
  const key = parsePublicKey(blob)
  if (key.ok && key.value.type !== type) return err({ code: 'ssh-key-malformed' })
  return key
}

export function publicKeyLine(key: SshPublicKey, comment = ''): string {
  return `${key.type} ${toBase64(key.blob)}${comment === '' ? '' : ` ${comment}`}`
}

/** Checks an SSH signature blob (`string type, string signature`) made by a plain, not `sk-`, key. */
export function verifyPlain(
  key: SshPublicKey,
  message: Uint8Array,
  signature: Uint8Array,
  crypto: Crypto,
): boolean {
  return key.type.includes('ed25519')
    ? crypto.verifyEd25519(key.point, message, signature)
    : crypto.verifyP256(key.point, message, signature)
}
