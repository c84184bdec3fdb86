import {
  armorSignature,
  concat,
  publicKeyLine,
  parsePublicKey,
  sshString,
  toBase64,
  toBeSigned,
  u32,
  utf8,
  type Json,
} from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { ecdsaPair, ed25519Key, ed25519SecurityKey, malleated, p256Key, securityKey } from './keys.ts'

const text =
  'chaperone withdraw v1\norder wo-sample0abc\nversion 1\ntechnician p-technician\nissued 2026-11-24T16:20:34Z\n'
const namespace = 'withdraw@chaperone'
const message = utf8(text)
const signed = toBeSigned(namespace, message, nodeCrypto.sha512)

/** spec/signature.md: what each kind of key makes, and what is refused. */
export function signatureVectors(): Json {
  const [plain, curve] = [ed25519Key('ada'), p256Key('bo')]
  const token = securityKey('cy', 'ssh:')
  const edToken = ed25519SecurityKey('di', 'ssh:')
  const passkey = securityKey('eve', 'sign.example')
  const edSignature = concat(sshString('ssh-ed25519'), sshString(plain.sign(signed)))
  const curveRaw = curve.sign(signed)
  const curveSignature = (raw: Uint8Array) =>
    concat(sshString('ecdsa-sha2-nistp256'), sshString(ecdsaPair(raw)))
  const good = armorSignature(plain.blob, namespace, edSignature)
  const valid = [
    vector('Ed25519', plain.blob, edSignature, {}),
    vector('P-256', curve.blob, curveSignature(curveRaw), {}),
    vector('P-256 in its other spelling', curve.blob, curveSignature(malleated(curveRaw)), {}),
    vector('P-256 security key, touched and verified', token.blob, token.token(signed, 5), {
      userPresent: true,
      userVerified: true,
    }),
    vector('P-256 security key, touched', token.blob, token.token(signed, 1), {
      userPresent: true,
      userVerified: false,
    }),
    vector('P-256 security key, not touched', token.blob, token.token(signed, 0), {
      userPresent: false,
      userVerified: false,
    }),
    vector('Ed25519 security key', edToken.blob, edToken.token(signed, 5), {
      userPresent: true,
      userVerified: true,
    }),
    vector('passkey', passkey.blob, passkey.browser(signed, {}), {
      userPresent: true,
      userVerified: true,
      origin: 'https://sign.example',
      crossOrigin: false,
    }),
    vector('passkey, not verified', passkey.blob, passkey.browser(signed, { flags: 1 }), {
      userPresent: true,
      userVerified: false,
      origin: 'https://sign.example',
      crossOrigin: false,
    }),
    vector(
      'passkey in a frame of another site',
      passkey.blob,
      passkey.browser(signed, { data: { crossOrigin: true } }),
      { userPresent: true, userVerified: true, origin: 'https://sign.example', crossOrigin: true },
    ),
    vector(
      'passkey at another origin',
      passkey.blob,
      passkey.browser(signed, { origin: 'https://evil.example' }),
      { userPresent: true, userVerified: true, origin: 'https://evil.example', crossOrigin: false },
    ),
    vector(
      'passkey with an extension',
      passkey.blob,
      passkey.browser(signed, { flags: 0x85, extensions: new Uint8Array([0xa0]) }),
      { userPresent: true, userVerified: true, origin: 'https://sign.example', crossOrigin: false },
    ),
  ]
  const bad = (
    why: string,
    code: string,
    signature: string,
    change: { text?: string; namespace?: string } = {},
  ) => ({
    why,
    code,
    namespace: change.namespace ?? namespace,
    text: change.text ?? text,
    signature,
  })
  const other = armorSignature(plain.blob, 'submit@chaperone', edSignature)
  const browser = (why: string, made: Uint8Array, code = 'signature-malformed') =>
    bad(why, code, armorSignature(passkey.blob, namespace, made))
  const hashed = concat(
    utf8('SSHSIG'),
    sshString(namespace),
    sshString(''),
    sshString('sha256'),
    sshString(nodeCrypto.sha256(message)),
  )
  const invalid = [
    bad('another text', 'signature-bad', good, { text: text.replace('version 1', 'version 2') }),
    bad('another namespace asked for', 'signature-namespace', good, { namespace: 'submit@chaperone' }),
    bad('another namespace named', 'signature-namespace', other),
    bad('another key', 'signature-bad', armorSignature(ed25519Key('mallory').blob, namespace, edSignature)),
    bad(
      'hash sha256',
      'signature-malformed',
      armored(plain.blob, 'sha256', concat(sshString('ssh-ed25519'), sshString(plain.sign(hashed)))),
    ),
    bad(
      'bytes after the signature',
      'signature-malformed',
      armorSignature(plain.blob, namespace, concat(edSignature, new Uint8Array(1))),
    ),
    bad(
      'bytes after the blob',
      'signature-malformed',
      armored(plain.blob, 'sha512', edSignature, new Uint8Array(1)),
    ),
    bad(
      'another version',
      'signature-malformed',
      armored(plain.blob, 'sha512', edSignature, new Uint8Array(), 2),
    ),
    bad(
      'reserved bytes',
      'signature-malformed',
      armored(plain.blob, 'sha512', edSignature, new Uint8Array(), 1, 'x'),
    ),
    bad(
      'an RSA key',
      'signature-malformed',
      armorSignature(concat(sshString('ssh-rsa'), sshString('x'), sshString('y')), namespace, edSignature),
    ),
    bad(
      'a P-256 signature by an Ed25519 key',
      'signature-malformed',
      armorSignature(plain.blob, namespace, curveSignature(curveRaw)),
    ),
    bad(
      'half a signature',
      'signature-malformed',
      armorSignature(
        plain.blob,
        namespace,
        concat(sshString('ssh-ed25519'), sshString(plain.sign(signed).subarray(0, 32))),
      ),
    ),
    bad(
      'an mpint with a needless zero',
      'signature-malformed',
      armorSignature(curve.blob, namespace, padded(curveRaw)),
    ),
    bad('no armor', 'signature-malformed', toBase64(message)),
    bad('other text around the armor', 'signature-malformed', `x${good}`),
    bad('nothing', 'signature-malformed', ''),
    browser(
      'a challenge of other bytes',
      passkey.browser(signed, { data: { challenge: 'AAAA' } }),
      'signature-bad',
    ),
    browser('a challenge that is no base64url', passkey.browser(signed, { data: { challenge: 'AAAA=' } })),
    browser('a registration', passkey.browser(signed, { data: { type: 'webauthn.create' } })),
    browser(
      'another origin in the client data',
      passkey.browser(signed, { data: { origin: 'https://evil.example' } }),
    ),
    browser(
      'a member before the type',
      passkey.browser(signed, { data: { type: undefined, challenge: undefined, last: 1 } }),
    ),
    browser(
      'extensions that no flag announces',
      passkey.browser(signed, { extensions: new Uint8Array([0xa0]) }),
    ),
    browser('a flag that announces no extensions', passkey.browser(signed, { flags: 0x85 })),
    browser('an attested credential in an assertion', passkey.browser(signed, { flags: 0x45 })),
    browser(
      'a browser’s signature of another statement',
      passkey.browser(toBeSigned(namespace, utf8('x'), nodeCrypto.sha512), {}),
      'signature-bad',
    ),
    bad(
      'flags changed after signing',
      'signature-bad',
      armorSignature(token.blob, namespace, reflagged(token.token(signed, 1))),
    ),
  ]
  return { valid, invalid }
}

function vector(
  name: string,
  blob: Uint8Array,
  signature: Uint8Array,
  proof: Readonly<Record<string, Json>>,
) {
  const key = parsePublicKey(blob)
  if (!key.ok) throw new Error(`${name} is no key`)
  return {
    name,
    key: publicKeyLine(key.value),
    namespace,
    text,
    signature: armorSignature(blob, namespace, signature),
    proof,
  }
}

function armored(
  blob: Uint8Array,
  hash: string,
  signature: Uint8Array,
  after: Uint8Array = new Uint8Array(),
  version = 1,
  reserved = '',
): string {
  const whole = concat(
    utf8('SSHSIG'),
    u32(version),
    sshString(blob),
    sshString(namespace),
    sshString(reserved),
    sshString(hash),
    sshString(signature),
    after,
  )
  const lines = toBase64(whole).match(/.{1,70}/g) ?? []
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`
}

function padded(raw: Uint8Array): Uint8Array {
  const zero = new Uint8Array(2)
  const pair = concat(sshString(concat(zero, raw.subarray(0, 32))), sshString(concat(zero, raw.subarray(32))))
  return concat(sshString('ecdsa-sha2-nistp256'), sshString(pair))
}

/** The last five bytes of a token's signature are flags and counter. */
function reflagged(signature: Uint8Array): Uint8Array {
  return Uint8Array.from(signature, (byte, i) => (i === signature.length - 5 ? 5 : byte))
}
