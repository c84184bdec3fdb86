import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
} from '@simplewebauthn/server'
import {
  fromBase64,
  fromBase64Url,
  packAssertion,
  parsePublicKey,
  toBase64Url,
  toBeSigned,
  utf8,
  type KeyId,
  type SshPublicKey,
} from '@chaperone/encoding'
import { namespaceOf, type SignedStatement, type StatementKind } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { softwareAuthenticator, type SoftwareAuthenticator } from '@chaperone/testkit'
import type { SigningDraft, SigningRequest } from '@chaperone/contract'
import type { Api, Gateway } from '../api.ts'
import { enrolPasskey, signInWithPasskey } from '../passkey-sign-in.ts'
import type { CastMember } from '../organisation.ts'
import type { DeskAssertion, DeskClient } from './desk-client.ts'
import { understand } from './understand.ts'

/** Somebody with a browser and a device of their own, in software. */
export interface Participant {
  readonly member: CastMember
  readonly authenticator: SoftwareAuthenticator
  /** Their session at the app. */
  readonly api: Api
  /** Public key of the passkey that signs in: nobody adopted it to decide. */
  readonly signInBlob: Uint8Array
  /** Fingerprint of the passkey that decides, as the desk showed it. */
  readonly fingerprint: KeyId | undefined
}

/** Follows an enrolment link to its end: a passkey for the app and, for those who decide, one for the desk. */
export async function enrol(
  member: CastMember,
  url: string,
  gateway: Gateway,
  desk: DeskClient,
): Promise<Participant> {
  const authenticator = softwareAuthenticator()
  const token = /[A-Za-z0-9_-]{43}$/.exec(url)?.[0] ?? ''
  const signInBlob = await enrolPasskey(gateway, token, authenticator)
  const decides = member.roles.some((role) => role === 'escort' || role === 'officer')
  const fingerprint = decides ? await enrolAtDesk(token, authenticator, desk) : undefined
  const api = await signInWithPasskey(gateway, authenticator)
  return { member, authenticator, api, signInBlob, fingerprint }
}

async function enrolAtDesk(
  token: string,
  authenticator: SoftwareAuthenticator,
  desk: DeskClient,
): Promise<KeyId> {
  const { options } = await desk.enrolment(token)
  const wanted = options as PublicKeyCredentialCreationOptionsJSON // the desk's own library made it
  return (await desk.enrolKey(token, authenticator.create(wanted, desk.origin))).fingerprint
}

/** Asks for a statement and signs it at the desk with one touch. Answers its text. */
export async function decide(
  { api, authenticator }: Participant,
  desk: DeskClient,
  order: string,
  wish: SigningRequest,
): Promise<{ readonly text: string; readonly ticket: string }> {
  if (wish.kind === 'allow') await understand(api, order, wish.steps)
  const { ticket } = await api.call('prepareSigning', { params: { order }, body: wish })
  const { statement, challenge, rpId } = await desk.draft(ticket)
  const touch = authenticator.get({ challenge, rpId, userVerification: 'required' }, desk.origin)
  const signed = await desk.sign(ticket, assertionOf(touch))
  if (!signed.ok)
    throw new Error(`the desk did not take a touch: ${signed.error.code}: ${signed.error.title}`)
  return { text: statement, ticket }
}

export interface KeptApproval {
  readonly draft: SigningDraft
  readonly signed: SignedStatement
}

/** Signs an allowance as the desk would, and keeps it back: what a hostile gateway could hold in its hand. */
export async function signAndKeep(
  participant: Participant,
  desk: DeskClient,
  blob: Uint8Array,
  order: string,
  wish: Extract<SigningRequest, { kind: 'allow' | 'forbid' }>,
): Promise<KeptApproval> {
  if (wish.kind === 'allow') await understand(participant.api, order, wish.steps)
  const { ticket } = await participant.api.call('prepareSigning', { params: { order }, body: wish })
  const draft = await participant.api.call('signingDraft', { body: { ticket } })
  const signed = signAs(participant, blob, 'allow', draft.statement, desk.origin)
  return { draft, signed }
}

/** A statement signed by a participant's passkey at a page of `origin`, packed for the key that `blob` is. */
export function signAs(
  { authenticator }: Participant,
  blob: Uint8Array,
  kind: StatementKind,
  text: string,
  origin: string,
): SignedStatement {
  const namespace = namespaceOf(kind)
  const challenge = toBase64Url(toBeSigned(namespace, utf8(text), nodeCrypto.sha512))
  const touch = authenticator.get({ challenge, userVerification: 'required' }, origin)
  const { authenticatorData, clientData, signature } = assertionOf(touch)
  const assertion = {
    authenticatorData: bytesOf(authenticatorData),
    clientData: bytesOf(clientData),
    signature: bytesOf(signature),
  }
  const packed = packAssertion(keyIn(blob), namespace, origin, assertion, nodeCrypto.sha256)
  if (!packed.ok) throw new Error(`an assertion cannot be packed: ${packed.error.code}`)
  return { text, signature: packed.value }
}

export function assertionOf({ response }: AuthenticationResponseJSON): DeskAssertion {
  const { authenticatorData, clientDataJSON, signature } = response
  return { authenticatorData, clientData: clientDataJSON, signature }
}

function keyIn(blob: Uint8Array): SshPublicKey {
  const key = parsePublicKey(blob)
  if (!key.ok) throw new Error('a public key of ours does not parse')
  return key.value
}

function bytesOf(text: string): Uint8Array {
  return fromBase64Url(text) ?? new Uint8Array()
}

export function blobIn(base64: string): Uint8Array {
  return fromBase64(base64) ?? new Uint8Array()
}
