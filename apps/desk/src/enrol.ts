import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers'
import { concat, keyIdOf, skP256Blob, toBase64 } from '@chaperone/encoding'
import type { Challenges } from './challenges.ts'
import type { Desk } from './desk.ts'
import { Refused } from './problem.ts'
import { personView } from './signing-view.ts'
import type { EnrolmentView } from './view.ts'

const es256 = -7

/** Whom a link is for, and what to ask their device for. */
export async function showEnrolment(
  desk: Desk,
  challenges: Challenges,
  token: string,
): Promise<EnrolmentView> {
  const { person, name } = await desk.gateway.post('deskEnrolment', { token })
  const view = personView(person, { [person]: name })
  const options = await generateRegistrationOptions({
    rpName: `${desk.root.organisation}: signing`,
    rpID: desk.config.rpId,
    // A fresh handle: with one per person, a new key would silently replace the old one on the same device.
    userID: new Uint8Array(desk.random(32)),
    userName: `${person} (${desk.now().slice(0, 10)})`,
    userDisplayName: view.name ?? person,
    challenge: new Uint8Array(challenges.issue(token)),
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: [es256],
  })
  return { person: view, options }
}

/**
 * Checks a new passkey, hands its public key in, and answers its fingerprint as this process computed it: a second
 * person compares it with what the gateway says it got. Throws `Refused`.
 */
export async function collectKey(
  desk: Desk,
  challenges: Challenges,
  token: string,
  response: unknown,
): Promise<{ readonly fingerprint: string }> {
  const { origin, rpId } = desk.config
  const verified = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON, // the library checks every member
    expectedChallenge: (challenge) => challenges.take(token, challenge),
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [es256],
  }).catch(() => undefined)
  const point =
    verified?.verified === true ? pointOf(verified.registrationInfo.credential.publicKey) : undefined
  if (point === undefined) throw new Refused({ code: 'enrolment-failed' })
  const blob = skP256Blob(point, rpId)
  const fingerprint = keyIdOf(blob, desk.crypto.sha256)
  await desk.gateway.post('deskKey', { token, blob: toBase64(blob), origin }).catch((error: unknown) => {
    const unknown = error instanceof Refused && error.refusal.code === 'gateway-unavailable'
    throw unknown ? new Refused({ code: 'key-taken-unknown', fingerprint }) : error
  })
  return { fingerprint }
}

/** The uncompressed point of a COSE P-256 key. */
function pointOf(publicKey: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
  const key = decodeCredentialPublicKey(publicKey)
  if (!cose.isCOSEPublicKeyEC2(key) || key.get(cose.COSEKEYS.crv) !== cose.COSECRV.P256) return undefined
  const x = key.get(cose.COSEKEYS.x)
  const y = key.get(cose.COSEKEYS.y)
  return x?.length === 32 && y?.length === 32 ? concat(new Uint8Array([4]), x, y) : undefined
}
