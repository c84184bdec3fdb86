import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import {
  cose,
  decodeAttestationObject,
  decodeCredentialPublicKey,
  parseAuthenticatorData,
} from '@simplewebauthn/server/helpers'
import { concat, fromBase64Url, skP256Blob } from '@chaperone/encoding'
import { routes } from '@chaperone/contract'
import type { SoftwareAuthenticator } from '@chaperone/testkit'
import { apiOf, type Api, type Gateway } from './api.ts'

/**
 * Makes a passkey to sign in with, at an enrolment link, as the app's page does. Answers its public key as the OpenSSH
 * security key that it would be.
 */
export async function enrolPasskey(
  gateway: Gateway,
  token: string,
  authenticator: SoftwareAuthenticator,
): Promise<Uint8Array> {
  const door = apiOf(gateway)
  const { options } = await door.call('enrolmentOptions', { body: { token } })
  const response = authenticator.create(
    options as unknown as PublicKeyCredentialCreationOptionsJSON, // the gateway's own library made it
    gateway.origin,
  )
  await door.call('enrolmentKey', { body: { token, response: { ...response } } })
  const attested = decodeAttestationObject(
    new Uint8Array(fromBase64Url(response.response.attestationObject) ?? []),
  )
  const { credentialPublicKey } = parseAuthenticatorData(attested.get('authData'))
  return skP256Blob(pointOf(credentialPublicKey), new URL(gateway.origin).hostname)
}

/** The uncompressed point of a COSE P-256 key. */
function pointOf(publicKey: Uint8Array<ArrayBuffer> | undefined): Uint8Array {
  const key = publicKey === undefined ? undefined : decodeCredentialPublicKey(publicKey)
  if (key === undefined || !cose.isCOSEPublicKeyEC2(key)) throw new Error('a passkey has a P-256 key')
  const x = key.get(cose.COSEKEYS.x)
  const y = key.get(cose.COSEKEYS.y)
  if (x === undefined || y === undefined) throw new Error('a P-256 key has two coordinates')
  return concat(new Uint8Array([4]), x, y)
}

/** Signs in with a passkey at the app's origin; the session is a cookie, as in a browser. */
export async function signInWithPasskey(
  gateway: Gateway,
  authenticator: SoftwareAuthenticator,
): Promise<Api> {
  const { challenge, options } = await apiOf(gateway).call('signInOptions')
  const response = authenticator.get(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
    gateway.origin,
  )
  const answer = await fetch(`${gateway.url}${routes.signIn.path}`, {
    method: routes.signIn.method,
    headers: { 'content-type': 'application/json', origin: gateway.origin },
    body: JSON.stringify({ challenge, response }),
  })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  if (!answer.ok || cookie === undefined) throw new Error(`a passkey did not sign in: ${await answer.text()}`)
  return apiOf(gateway, { cookie })
}
