import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { concat } from '@chaperone/encoding'

/** AES-256-GCM: 12-byte nonce ‖ ciphertext ‖ 16-byte tag. `about` binds the value to its place. */
export function seal(key: Uint8Array, plain: Uint8Array, about: Uint8Array): Uint8Array {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(about)
  return concat(nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag())
}

/** Throws when the key is another, the place is another, or a bit changed. */
export function unseal(key: Uint8Array, sealed: Uint8Array, about: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(about)
  decipher.setAuthTag(sealed.subarray(sealed.length - 16))
  return concat(decipher.update(sealed.subarray(12, sealed.length - 16)), decipher.final())
}
