import {
  concat,
  equalBytes,
  err,
  fromBase64,
  fromHex,
  fromUtf8,
  ok,
  toBase64,
  toHex,
  utf8,
  type Crypto,
  type Result,
  type Sha256,
} from '@chaperone/encoding'

/** C2SP signed-note: text, an empty line, and one line a signature. */

/** Ed25519 over the text; a cosignature with a time (tlog-cosignature). */
export type NoteAlgorithm = 0x01 | 0x04

/** A public key with its name: `name+hash+base64`. */
export interface VerifierKey {
  readonly name: string
  readonly algorithm: NoteAlgorithm
  readonly publicKey: Uint8Array
  readonly id: Uint8Array
}

export type NoteRefusal =
  | { readonly code: 'note-malformed' }
  | { readonly code: 'note-unsigned'; readonly name: string }
  | { readonly code: 'note-signature-bad'; readonly name: string }

export function verifierKey(
  name: string,
  algorithm: NoteAlgorithm,
  publicKey: Uint8Array,
  sha256: Sha256,
): VerifierKey {
  const id = sha256(concat(utf8(`${name}\n`), new Uint8Array([algorithm]), publicKey)).subarray(0, 4)
  return { name, algorithm, publicKey, id }
}

export function printVerifierKey({ name, algorithm, publicKey, id }: VerifierKey): string {
  return `${name}+${toHex(id)}+${toBase64(concat(new Uint8Array([algorithm]), publicKey))}`
}

export function parseVerifierKey(text: string, sha256: Sha256): VerifierKey | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text)
  const id = fromHex(match?.[2] ?? '')
  const bytes = fromBase64(match?.[3] ?? '')
  const algorithm = bytes?.[0]
  if (match === null || id === undefined || bytes?.length !== 33 || (algorithm !== 1 && algorithm !== 4))
    return undefined
  const key = verifierKey(match[1] ?? '', algorithm, bytes.subarray(1), sha256)
  return equalBytes(key.id, id) ? key : undefined
}

/** Signs raw bytes with the private half of a key. */
export type Sign = (message: Uint8Array) => Uint8Array

/** A signature line for a text, by the log's own key. */
export function signNote(text: string, key: VerifierKey, sign: Sign): string {
  return signatureLine(key, sign(utf8(text)))
}

/** A witness's line: it has seen this text at `time` (seconds since 1970) and nothing that contradicts it. */
export function cosignNote(text: string, key: VerifierKey, time: number, sign: Sign): string {
  return signatureLine(key, concat(timeBytes(time), sign(cosigned(text, time))))
}

function signatureLine(key: VerifierKey, signature: Uint8Array): string {
  return `— ${key.name} ${toBase64(concat(key.id, signature))}\n`
}

function cosigned(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`)
}

function timeBytes(time: number): Uint8Array {
  const bytes = new Uint8Array(8)
  let rest = time
  for (let at = 7; at >= 0; at--) {
    bytes[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return bytes
}

export interface Note {
  /** Ends with LF; what signatures cover. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export interface NoteSignature {
  readonly name: string
  readonly id: Uint8Array
  readonly signature: Uint8Array
}

const longestNote = 64 * 1024

export function parseNote(note: string): Result<Note, NoteRefusal> {
  const at = note.lastIndexOf('\n\n')
  if (note.length > longestNote || at < 0 || !note.endsWith('\n') || fromUtf8(utf8(note)) !== note) {
    return err({ code: 'note-malformed' })
  }
  const signatures: NoteSignature[] = []
  for (const line of note.slice(at + 2, -1).split('\n')) {
    const match = /^— (\S+) (\S+)$/.exec(line)
    const bytes = fromBase64(match?.[2] ?? '')
    if (match === null || bytes === undefined || bytes.length < 5) return err({ code: 'note-malformed' })
    signatures.push({ name: match[1] ?? '', id: bytes.subarray(0, 4), signature: bytes.subarray(4) })
  }
  return signatures.length === 0 || signatures.length > 100
    ? err({ code: 'note-malformed' })
    : ok({ text: note.slice(0, at + 1), signatures })
}

/** Checks that a key signed; answers the time of a cosignature (0 for the log's own). */
export function checkNote(note: Note, key: VerifierKey, crypto: Crypto): Result<number, NoteRefusal> {
  const found = note.signatures.find(
    (candidate) => candidate.name === key.name && equalBytes(candidate.id, key.id),
  )
  if (found === undefined) return err({ code: 'note-unsigned', name: key.name })
  const bad = err({ code: 'note-signature-bad', name: key.name } as const)
  if (key.algorithm === 1) {
    return crypto.verifyEd25519(key.publicKey, utf8(note.text), found.signature) ? ok(0) : bad
  }
  if (found.signature.length !== 72) return bad
  const time = found.signature.subarray(0, 8).reduce((sum, byte) => sum * 256 + byte, 0)
  if (!Number.isSafeInteger(time)) return bad
  return crypto.verifyEd25519(key.publicKey, cosigned(note.text, time), found.signature.subarray(8))
    ? ok(time)
    : bad
}
