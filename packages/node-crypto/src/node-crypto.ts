import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { toBase64Url, type Crypto } from '@chaperone/encoding'

/** `Crypto` by Node's OpenSSL. */
export const nodeCrypto: Crypto = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  sha512: (bytes) => hash('sha512', bytes, 'buffer'),
  verifyEd25519(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false
    return verifies(() => verify(null, message, ed25519Key(publicKey), signature))
  },
  verifyP256(publicKey, message, signature) {
    if (publicKey.length !== 65 || signature.length !== 64) return false
    return verifies(() =>
      verify('sha256', message, { key: p256Key(publicKey), dsaEncoding: 'ieee-p1363' }, signature),
    )
  },
}

function verifies(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false // a point that is not on the curve throws
  }
}

// A log is verified against few keys and many signatures; importing a key costs as much as verifying.
const imported = new Map<string, KeyObject>()
const importedAtMost = 1024

function remember(id: string, make: () => KeyObject): KeyObject {
  const known = imported.get(id)
  if (known !== undefined) return known
  if (imported.size >= importedAtMost) imported.clear()
  const key = make()
  imported.set(id, key)
  return key
}

function ed25519Key(raw: Uint8Array): KeyObject {
  const x = toBase64Url(raw)
  return remember(x, () => createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }))
}

function p256Key(point: Uint8Array): KeyObject {
  const x = toBase64Url(point.subarray(1, 33))
  const y = toBase64Url(point.subarray(33))
  return remember(`${x}.${y}`, () =>
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' }),
  )
}
