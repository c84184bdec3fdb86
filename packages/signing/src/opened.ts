import { commit, commitJson, fromHex, toHex, type Digest, type Json, type Sha256 } from '@chaperone/encoding'

/** Whether salt and document are what the commitment stands for. False for anything that cannot be hashed. */
export function opensTo(
  tag: string,
  commitment: Digest,
  salt: string,
  document: unknown,
  sha256: Sha256,
): boolean {
  const bytes = saltOf(salt)
  if (bytes === undefined) return false
  try {
    return toHex(commitJson(tag, bytes, document as Json, sha256)) === commitment
  } catch {
    return false // not canonical JSON: a float, a lone surrogate
  }
}

/** The same for raw bytes. */
export function opensToBytes(
  tag: string,
  commitment: Digest,
  salt: string,
  value: Uint8Array,
  sha256: Sha256,
): boolean {
  const bytes = saltOf(salt)
  return bytes !== undefined && toHex(commit(tag, bytes, value, sha256)) === commitment
}

function saltOf(text: string): Uint8Array | undefined {
  const salt = fromHex(text)
  return salt?.length === 32 ? salt : undefined
}
