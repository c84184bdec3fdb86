import { concat, equalBytes, fromBase64, fromUtf8, toBase64, toBase64Url, utf8 } from './bytes.ts'
import type { Crypto, Sha256 } from './crypto.ts'
import { err, ok, type Result } from './result.ts'
import { parsePublicKey, verifyPlain, type SshPublicKey } from './ssh-key.ts'
import { mpint, SshReader, SshWireError, sshString, u32 } from './ssh-wire.ts'

/**
 * SSHSIG (OpenSSH PROTOCOL.sshsig) and the repacking of a WebAuthn assertion into it, so that a passkey's
 * touch is a signature that stock `ssh-keygen -Y verify` accepts (spec/signature.md).
 */

const magic = utf8('SSHSIG')
const armorBegin = '-----BEGIN SSH SIGNATURE-----'
const armorEnd = '-----END SSH SIGNATURE-----'
const longestArmor = 8192
const longestClientData = 4096
const webauthnType = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com'

export type SignatureRefusal =
  | { readonly code: 'signature-malformed' }
  | { readonly code: 'signature-namespace'; readonly expected: string; readonly signed: string }
  | { readonly code: 'signature-bad' }

/** What a valid signature proves about how it was made; which of it is required is the roster's to say. */
export interface VerifiedSignature {
  readonly key: SshPublicKey
  /** Set for security keys and passkeys; software, agent and PIV keys prove no touch. */
  readonly authenticator:
    | { readonly userPresent: boolean; readonly userVerified: boolean; readonly application: string }
    | undefined
  /** Set when a browser made it. */
  readonly webauthn: { readonly origin: string; readonly crossOrigin: boolean } | undefined
}

/** The bytes that a key signs for `message` under `namespace`; also a passkey's challenge. */
export function toBeSigned(namespace: string, message: Uint8Array, sha512: Crypto['sha512']): Uint8Array {
  return concat(magic, sshString(namespace), sshString(''), sshString('sha512'), sshString(sha512(message)))
}

/** Checks an armored signature over `message`. `sha256-hash` signatures are refused: one spelling is enough. */
export function verifySignature(
  armored: string,
  message: Uint8Array,
  namespace: string,
  crypto: Crypto,
): Result<VerifiedSignature, SignatureRefusal> {
  try {
    return verifyBlob(unarmor(armored), message, namespace, crypto)
  } catch (error) {
    if (error instanceof SshWireError) return err({ code: 'signature-malformed' })
    throw error
  }
}

/** The public key that an armored signature names, unverified; for looking the key up. */
export function claimedKey(armored: string): SshPublicKey | undefined {
  try {
    const reader = new SshReader(unarmor(armored))
    reader.raw(magic.length + 4)
    const key = parsePublicKey(reader.string())
    return key.ok ? key.value : undefined
  } catch (error) {
    if (error instanceof SshWireError) return undefined
    throw error
  }
}

function verifyBlob(
  blob: Uint8Array,
  message: Uint8Array,
  namespace: string,
  crypto: Crypto,
): Result<VerifiedSignature, SignatureRefusal> {
  const reader = new SshReader(blob)
  if (!equalBytes(reader.raw(magic.length), magic) || reader.u32() !== 1)
    return err({ code: 'signature-malformed' })
  const key = parsePublicKey(reader.string())
  if (!key.ok) return err({ code: 'signature-malformed' })
  const signed = reader.text()
  if (signed !== namespace) return err({ code: 'signature-namespace', expected: namespace, signed })
  const reserved = reader.string()
  const hash = reader.text()
  const signature = new SshReader(reader.string())
  reader.end()
  if (reserved.length > 0 || hash !== 'sha512') return err({ code: 'signature-malformed' })
  return verifyInner(key.value, signature, toBeSigned(namespace, message, crypto.sha512), crypto)
}

function verifyInner(
  key: SshPublicKey,
  signature: SshReader,
  signedBytes: Uint8Array,
  crypto: Crypto,
): Result<VerifiedSignature, SignatureRefusal> {
  const algorithm = signature.text()
  const raw = rawSignature(key, signature.string())
  if (key.application === undefined) {
    signature.end()
    if (algorithm !== key.type) return err({ code: 'signature-malformed' })
    const good = verifyPlain(key, signedBytes, raw, crypto)
    return good ? ok({ key, authenticator: undefined, webauthn: undefined }) : err({ code: 'signature-bad' })
  }
  const flags = signature.u8()
  const counter = signature.raw(4)
  const authenticator = {
    userPresent: (flags & 1) !== 0,
    userVerified: (flags & 4) !== 0,
    application: key.application,
  }
  const head = concat(crypto.sha256(utf8(key.application)), new Uint8Array([flags]), counter)
  if (algorithm === key.type) {
    signature.end()
    const good = verifyPlain(key, concat(head, crypto.sha256(signedBytes)), raw, crypto)
    return good ? ok({ key, authenticator, webauthn: undefined }) : err({ code: 'signature-bad' })
  }
  if (algorithm !== webauthnType || !key.type.includes('nistp256'))
    return err({ code: 'signature-malformed' })
  const origin = signature.text()
  const clientData = signature.string()
  const extensions = signature.string()
  signature.end()
  const read = readClientData(clientData, origin)
  // As OpenSSH: no attested credential in an assertion, and extensions exactly where the flags announce them.
  const flagsFit = (flags & 0x40) === 0 && ((flags & 0x80) !== 0) === extensions.length > 0
  if (read === undefined || !flagsFit) return err({ code: 'signature-malformed' })
  const { challenge, ...webauthn } = read
  // It is a touch, and for something else.
  if (challenge !== toBase64Url(signedBytes)) return err({ code: 'signature-bad' })
  const good = verifyPlain(key, concat(head, extensions, crypto.sha256(clientData)), raw, crypto)
  return good ? ok({ key, authenticator, webauthn }) : err({ code: 'signature-bad' })
}

interface ClientData {
  readonly challenge: string
  readonly origin: string
  readonly crossOrigin: boolean
}

/**
 * The browser's account of what it signed: it must be an assertion, at this origin, and begin as OpenSSH demands, so
 * that what counts here verifies with the stock tool too.
 */
function readClientData(bytes: Uint8Array, origin: string): ClientData | undefined {
  const text = fromUtf8(bytes)
  const challenge = challengeIn(bytes)
  if (text === undefined || challenge === undefined || origin.includes('"')) return undefined
  if (!text.startsWith(`{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}"`))
    return undefined
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof data !== 'object' || data === null) return undefined
  const claimed = data as { type?: unknown; challenge?: unknown; origin?: unknown; crossOrigin?: unknown }
  // A member may be repeated further on, and the last one counts.
  if (claimed.type !== 'webauthn.get' || claimed.origin !== origin) return undefined
  if (claimed.challenge !== challenge) return undefined
  return {
    challenge,
    origin,
    crossOrigin: claimed.crossOrigin !== undefined && claimed.crossOrigin !== false,
  }
}

/** The challenge that a browser says it signed, base64url; `undefined` for what is no assertion's client data. */
export function challengeIn(clientData: Uint8Array): string | undefined {
  const text = clientData.length > longestClientData ? undefined : fromUtf8(clientData)
  return text === undefined
    ? undefined
    : /^\{"type":"webauthn\.get","challenge":"([A-Za-z0-9_-]+)",/.exec(text)?.[1]
}

/** Ed25519: 64 bytes. ECDSA: two mpints, to r‖s. */
function rawSignature(key: SshPublicKey, bytes: Uint8Array): Uint8Array {
  if (key.type.includes('ed25519')) {
    if (bytes.length !== 64) throw new SshWireError('an Ed25519 signature has 64 bytes')
    return bytes
  }
  const reader = new SshReader(bytes)
  const raw = concat(reader.mpint(32), reader.mpint(32))
  reader.end()
  return raw
}

/** Puts a signature blob (`string algorithm, string signature, …`) made over `toBeSigned` into its armor. */
export function armorSignature(keyBlob: Uint8Array, namespace: string, signatureBlob: Uint8Array): string {
  const whole = concat(
    magic,
    u32(1),
    sshString(keyBlob),
    sshString(namespace),
    sshString(''),
    sshString('sha512'),
    sshString(signatureBlob),
  )
  const lines = toBase64(whole).match(/.{1,70}/g) ?? []
  return `${armorBegin}\n${lines.join('\n')}\n${armorEnd}\n`
}

function unarmor(armored: string): Uint8Array {
  if (armored.length > longestArmor) throw new SshWireError('longer than any signature')
  const match = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?$/.exec(
    armored,
  )
  const blob = match === null ? undefined : fromBase64(match[1]!.replaceAll('\n', ''))
  if (blob === undefined) throw new SshWireError('not an armored signature')
  return blob
}

/** What a browser hands back from `navigator.credentials.get`, as bytes. */
export interface Assertion {
  readonly authenticatorData: Uint8Array
  readonly clientData: Uint8Array
  /** ASN.1 DER. */
  readonly signature: Uint8Array
}

/**
 * Repacks a passkey's assertion over `toBeSigned(namespace, …)` as an armored signature, without loss.
 * Refuses what cannot be repacked; whether the result is valid is `verifySignature`'s to say.
 */
export function packAssertion(
  key: SshPublicKey,
  namespace: string,
  origin: string,
  assertion: Assertion,
  sha256: Sha256,
): Result<string, SignatureRefusal> {
  const { authenticatorData } = assertion
  const rs = parseDerSignature(assertion.signature)
  const application = key.application
  if (rs === undefined || authenticatorData.length < 37 || application === undefined) {
    return err({ code: 'signature-malformed' })
  }
  if (!equalBytes(authenticatorData.subarray(0, 32), sha256(utf8(application)))) {
    return err({ code: 'signature-malformed' })
  }
  const blob = concat(
    sshString(webauthnType),
    sshString(concat(mpint(rs.r), mpint(rs.s))),
    authenticatorData.subarray(32, 37),
    sshString(origin),
    sshString(assertion.clientData),
    sshString(authenticatorData.subarray(37)),
  )
  return ok(armorSignature(key.blob, namespace, blob))
}

function parseDerSignature(der: Uint8Array): { readonly r: Uint8Array; readonly s: Uint8Array } | undefined {
  const rLength = der[3] ?? 0
  const sAt = 4 + rLength
  const sLength = der[sAt + 1] ?? 0
  const shaped = der[0] === 0x30 && der[1] === der.length - 2 && der[2] === 2 && der[sAt] === 2
  if (!shaped || rLength > 33 || sLength > 33 || sAt + 2 + sLength !== der.length) return undefined
  return { r: der.subarray(4, sAt), s: der.subarray(sAt + 2) }
}
