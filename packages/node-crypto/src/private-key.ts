import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { concat, ed25519Blob, Fault, fromBase64Url, mpint, p256Blob, sshString } from '@chaperone/encoding'

/** A private key held by this process. */
export interface PrivateKey {
  readonly type: 'ssh-ed25519' | 'ecdsa-sha2-nistp256'
  /** The SSH public key blob. */
  readonly blob: Uint8Array
  /** Raw public bytes: 32 of Ed25519, or the 65-byte point. */
  readonly point: Uint8Array
  /** Raw signature: 64 bytes, r‖s for P-256 (over SHA-256). */
  sign(message: Uint8Array): Uint8Array
  /** The signature as SSH carries it: `string type, string signature`. */
  signSsh(message: Uint8Array): Uint8Array
}

export function generateKey(type: PrivateKey['type'] = 'ssh-ed25519'): {
  readonly key: PrivateKey
  readonly file: string
} {
  const pair =
    type === 'ssh-ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { key: wrap(pair.privateKey), file: privateKeyFile(pair.privateKey) }
}

/** PKCS#8 PEM, the form in which our processes keep keys on disk. */
export function privateKeyFile(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Loads a PKCS#8 PEM. Throws `Fault` `key-unusable` for anything but Ed25519 and P-256. */
export function loadPrivateKey(pem: string): PrivateKey {
  try {
    return wrap(createPrivateKey(pem))
  } catch (cause) {
    throw new Fault('key-unusable', 'the private key is neither Ed25519 nor P-256 in PKCS#8', { cause })
  }
}

function wrap(key: KeyObject): PrivateKey {
  const jwk = createPublicKey(key).export({ format: 'jwk' })
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') {
    const point = raw(jwk.x)
    const signRaw = (message: Uint8Array) => sign(null, message, key)
    return {
      type: 'ssh-ed25519',
      blob: ed25519Blob(point),
      point,
      sign: signRaw,
      signSsh: (message) => concat(sshString('ssh-ed25519'), sshString(signRaw(message))),
    }
  }
  if (jwk.kty === 'EC' && jwk.crv === 'P-256') {
    const point = concat(new Uint8Array([4]), raw(jwk.x), raw(jwk.y))
    const signRaw = (message: Uint8Array) => sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })
    return {
      type: 'ecdsa-sha2-nistp256',
      blob: p256Blob(point),
      point,
      sign: signRaw,
      signSsh(message) {
        const rs = signRaw(message)
        const pair = concat(mpint(rs.subarray(0, 32)), mpint(rs.subarray(32)))
        return concat(sshString('ecdsa-sha2-nistp256'), sshString(pair))
      },
    }
  }
  throw new TypeError('neither Ed25519 nor P-256')
}

function raw(member: string | undefined): Uint8Array {
  const bytes = fromBase64Url(member ?? '')
  if (bytes?.length !== 32) throw new TypeError('a public coordinate has 32 bytes')
  return bytes
}
