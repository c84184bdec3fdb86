import { concat, utf8 } from './bytes.ts'
import type { Sha256 } from './crypto.ts'
import { canonicalBytes, type Json } from './canonical-json.ts'
import { invariant } from './result.ts'

/**
 * A salted commitment (spec/commitment.md): SHA-256("chaperone/" ‖ tag ‖ "/v1" ‖ NUL ‖ salt ‖ value).
 * The 32-byte salt is secret until the value is opened, so that a short command or a name cannot be guessed
 * from its hash; destroying salt and value erases without touching the log.
 */
export function commit(tag: string, salt: Uint8Array, value: Uint8Array, sha256: Sha256): Uint8Array {
  invariant(salt.length === 32, 'a salt has 32 bytes')
  invariant(/^[a-z][a-z0-9-]*$/.test(tag), 'a commitment tag is a kebab-case word')
  return sha256(concat(utf8(`chaperone/${tag}/v1\0`), salt, value))
}

/** The commitment to a document, which is hashed in its canonical JSON spelling. */
export function commitJson(tag: string, salt: Uint8Array, value: Json, sha256: Sha256): Uint8Array {
  return commit(tag, salt, canonicalBytes(value), sha256)
}
