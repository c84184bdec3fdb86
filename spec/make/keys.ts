import { createECDH, createHash, createPrivateKey, sign } from 'node:crypto'
import {
  concat,
  ed25519Blob,
  mpint,
  p256Blob,
  skP256Blob,
  sshString,
  toBase64Url,
  u32,
  utf8,
} from '@chaperone/encoding'

/**
 * Keys for vectors only: made from words, so that everybody can make them. Their signatures are deterministic: ECDSA
 * with a nonce from key and message, which no real key does in this simple way.
 */
export interface VectorKey {
  readonly blob: Uint8Array
  readonly point: Uint8Array
  /** Raw: 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

const hash = (...parts: readonly Uint8Array[]) =>
  createHash('sha256')
    .update(concat(...parts))
    .digest()

export function ed25519Key(name: string): VectorKey {
  const seed = hash(utf8(`vector key ${name}`))
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: concat(prefix, seed) as Buffer, format: 'der', type: 'pkcs8' })
  const point = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { blob: ed25519Blob(point), point, sign: (message) => sign(null, message, key) }
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

export function p256Key(name: string): VectorKey {
  const secret = hash(utf8(`vector key ${name}`))
  const point = publicPoint(secret)
  return { blob: p256Blob(point), point, sign: (message) => ecdsa(secret, message) }
}

function publicPoint(secret: Uint8Array): Uint8Array {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(secret)
  return curve.getPublicKey()
}

function ecdsa(secret: Uint8Array, message: Uint8Array): Uint8Array {
  const digest = hash(message)
  const nonce = hash(utf8('vector nonce'), secret, digest)
  const r = numberOf(publicPoint(nonce).subarray(1, 33)) % order
  const s = (inverse(numberOf(nonce)) * (numberOf(digest) + r * numberOf(secret))) % order
  return concat(bytesOf(r), bytesOf(s))
}

/** The other spelling of the same ECDSA signature: anybody can make it. */
export function malleated(raw: Uint8Array): Uint8Array {
  return concat(raw.subarray(0, 32), bytesOf(order - numberOf(raw.subarray(32))))
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function bytesOf(number: bigint): Uint8Array {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
}

/** By Fermat: the order is prime. */
function inverse(number: bigint): bigint {
  let [result, base] = [1n, number % order]
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % order
    base = (base * base) % order
  }
  return result
}

/** What SSH carries of a raw P-256 signature. */
export function ecdsaPair(raw: Uint8Array): Uint8Array {
  return concat(mpint(raw.subarray(0, 32)), mpint(raw.subarray(32)))
}

/** A passkey at a desk, or a security key at a command line. */
export function securityKey(name: string, application: string) {
  const key = p256Key(name)
  const blob = skP256Blob(key.point, application)
  const head = (flags: number) => concat(hash(utf8(application)), new Uint8Array([flags]), u32(7))
  return {
    blob,
    /** As a token signs: `sk-ecdsa-sha2-nistp256@openssh.com`. */
    token(signed: Uint8Array, flags: number): Uint8Array {
      const raw = key.sign(concat(head(flags), hash(signed)))
      return concat(
        sshString('sk-ecdsa-sha2-nistp256@openssh.com'),
        sshString(ecdsaPair(raw)),
        head(flags).subarray(32),
      )
    },
    /** As a browser lets it sign: `webauthn-sk-ecdsa-sha2-nistp256@openssh.com`. */
    browser(
      signed: Uint8Array,
      {
        flags = 5,
        origin = 'https://sign.example',
        data = {},
        extensions = new Uint8Array(),
      }: BrowserSignature,
    ): Uint8Array {
      const told = {
        type: 'webauthn.get',
        challenge: toBase64Url(signed),
        origin,
        crossOrigin: false,
        ...data,
      }
      const clientData = utf8(JSON.stringify(told))
      const raw = key.sign(concat(head(flags), extensions, hash(clientData)))
      return concat(
        sshString('webauthn-sk-ecdsa-sha2-nistp256@openssh.com'),
        sshString(ecdsaPair(raw)),
        head(flags).subarray(32),
        sshString(origin),
        sshString(clientData),
        sshString(extensions),
      )
    },
  }
}

export interface BrowserSignature {
  readonly flags?: number
  readonly origin?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly extensions?: Uint8Array
}

/** An Ed25519 security key. */
export function ed25519SecurityKey(name: string, application: string) {
  const key = ed25519Key(name)
  const type = 'sk-ssh-ed25519@openssh.com'
  const blob = concat(sshString(type), sshString(key.point), sshString(application))
  return {
    blob,
    token(signed: Uint8Array, flags: number): Uint8Array {
      const head = concat(hash(utf8(application)), new Uint8Array([flags]), u32(7))
      const raw = key.sign(concat(head, hash(signed)))
      return concat(sshString(type), sshString(raw), head.subarray(32))
    },
  }
}
