import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { concat, fromBase64Url, toBase64Url, u32, utf8 } from '@chaperone/encoding'

/** What a page asks for; more members are allowed and ignored. */
export type RequestOptions = Pick<
  PublicKeyCredentialRequestOptionsJSON,
  'challenge' | 'rpId' | 'allowCredentials' | 'userVerification'
>

/**
 * A browser and its authenticator in one, in software: for tests and unattended demonstrations. It keeps the rules a
 * browser keeps (the rpId is the page's host or a parent of it, ES256 only, verification when required), so that what
 * a hostile page can get out of it is what it could get out of a real one. It proves nobody's presence.
 */
export interface SoftwareAuthenticator {
  /** `navigator.credentials.create` at a page of `origin`; attestation `none`. */
  create(options: PublicKeyCredentialCreationOptionsJSON, origin: string): RegistrationResponseJSON
  /** `navigator.credentials.get`: with the newest credential that the options permit. */
  get(options: RequestOptions, origin: string): AuthenticationResponseJSON
}

interface Credential {
  readonly id: Uint8Array
  readonly rpId: string
  readonly userHandle: string
  readonly key: KeyObject
  counter: number
}

const userPresent = 0x01
const userVerified = 0x04
const attestedCredential = 0x40

/** `verifiesUser: false` is a key without PIN or fingerprint: presence only. */
export function softwareAuthenticator(
  options: { readonly verifiesUser?: boolean } = {},
): SoftwareAuthenticator {
  const verifiesUser = options.verifiesUser ?? true
  const credentials: Credential[] = []

  function flagsFor(verification: string | undefined): number {
    if (verification === 'required' && !verifiesUser)
      throw notAllowed('this authenticator cannot verify its user')
    return verifiesUser && verification !== 'discouraged' ? userPresent | userVerified : userPresent
  }

  return {
    create(wanted, origin) {
      const rpId = permittedRpId(wanted.rp.id, origin)
      if (!wanted.pubKeyCredParams.some(({ alg }) => alg === -7)) throw notAllowed('only ES256 is known here')
      const flags = flagsFor(wanted.authenticatorSelection?.userVerification)
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const credential = {
        id: randomBytes(32),
        rpId,
        userHandle: wanted.user.id,
        key: privateKey,
        counter: 0,
      }
      credentials.push(credential)
      const data = concat(
        authenticatorData(credential, flags | attestedCredential),
        attested(credential.id, publicKey),
      )
      return {
        ...envelope(credential),
        response: {
          clientDataJSON: toBase64Url(clientData('webauthn.create', wanted.challenge, origin)),
          attestationObject: toBase64Url(attestationObject(data)),
          transports: ['usb'],
        },
      }
    },

    get(wanted, origin) {
      const rpId = permittedRpId(wanted.rpId, origin)
      const permitted = (id: Uint8Array) =>
        (wanted.allowCredentials ?? []).length === 0 ||
        wanted.allowCredentials?.some((allowed) => allowed.id === toBase64Url(id)) === true
      const credential = credentials.findLast((held) => held.rpId === rpId && permitted(held.id))
      if (credential === undefined) throw notAllowed('there is no such credential here')
      const flags = flagsFor(wanted.userVerification)
      credential.counter++
      const data = authenticatorData(credential, flags)
      const client = clientData('webauthn.get', wanted.challenge, origin)
      return {
        ...envelope(credential),
        response: {
          clientDataJSON: toBase64Url(client),
          authenticatorData: toBase64Url(data),
          signature: toBase64Url(sign('sha256', concat(data, sha256(client)), credential.key)),
          userHandle: credential.userHandle,
        },
      }
    },
  }
}

function permittedRpId(rpId: string | undefined, origin: string): string {
  const { hostname } = new URL(origin)
  const id = rpId ?? hostname
  if (hostname !== id && !hostname.endsWith(`.${id}`))
    throw notAllowed(`a page of ${origin} may not ask for ${id}`)
  return id
}

function notAllowed(message: string): DOMException {
  return new DOMException(message, 'NotAllowedError')
}

function envelope({ id }: Credential) {
  const text = toBase64Url(id)
  const authenticatorAttachment = 'cross-platform' as const
  return {
    id: text,
    rawId: text,
    type: 'public-key' as const,
    authenticatorAttachment,
    clientExtensionResults: {},
  }
}

/** WebAuthn §5.8.1, members in a browser's order. */
function clientData(type: string, challenge: string, origin: string): Uint8Array {
  if (fromBase64Url(challenge) === undefined) throw new TypeError('the challenge is not base64url')
  return utf8(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

/** WebAuthn §6.1 up to the counter. */
function authenticatorData({ rpId, counter }: Credential, flags: number): Uint8Array {
  return concat(sha256(utf8(rpId)), new Uint8Array([flags]), u32(counter))
}

/** WebAuthn §6.5.1: AAGUID of zeros, credential id, COSE key {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function attested(id: Uint8Array, key: KeyObject): Uint8Array {
  const { x, y } = key.export({ format: 'jwk' })
  const coordinate = (text: string | undefined) =>
    concat(new Uint8Array([0x58, 32]), fromBase64Url(text ?? '')!) // Node wrote it
  const cose = concat(
    new Uint8Array([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    coordinate(x),
    new Uint8Array([0x22]),
    coordinate(y),
  )
  return concat(new Uint8Array(16), new Uint8Array([id.length >> 8, id.length & 255]), id, cose)
}

/** CBOR of `{fmt: "none", attStmt: {}, authData}`; authenticator data here has 128 to 255 bytes. */
function attestationObject(data: Uint8Array): Uint8Array {
  const text = (word: string) => concat(new Uint8Array([0x60 | word.length]), utf8(word))
  return concat(
    new Uint8Array([0xa3]),
    text('fmt'),
    text('none'),
    text('attStmt'),
    new Uint8Array([0xa0]),
    text('authData'),
    new Uint8Array([0x58, data.length]),
    data,
  )
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
