/**
 * The cryptography that pure packages need, handed in by the process that runs them
 * (`@chaperone/node-crypto`). All of it is deterministic. Whoever controls it can make any
 * signature look good: it is trusted.
 */
export interface Crypto {
  readonly sha256: Sha256
  readonly sha512: (bytes: Uint8Array) => Uint8Array
  /** Ed25519: 32-byte public key, 64-byte signature. False for anything malformed; never throws. */
  readonly verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
  /** ECDSA P-256 over SHA-256: 65-byte uncompressed point, 64-byte r‖s. False for anything malformed; never throws. */
  readonly verifyP256: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** 32 bytes out. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array
