import {
  challengeIn,
  fromBase64Url,
  packAssertion,
  toBase64Url,
  toBeSigned,
  utf8,
  type Assertion,
  type Result,
} from '@chaperone/encoding'
import { checkStatement, namespaceOf, signerOf, type SignedStatement } from '@chaperone/domain'
import { checkDraft, type CheckedDraft } from '@chaperone/signing'
import { groundNow, type Desk, type DeskGround } from './desk.ts'
import { passkeysOf } from './passkeys.ts'
import { Refused, valueOr, type DeskRefusal } from './problem.ts'
import { signingView } from './signing-view.ts'
import type { AssertionView, SigningView } from './view.ts'

/** What a ticket would sign, checked. Throws `Refused`: then there is nothing to show. */
export async function showDraft(desk: Desk, ticket: string): Promise<SigningView> {
  const { draft } = await checkedDraft(desk, ticket)
  return signingView(draft, desk.config.rpId, desk.crypto)
}

/**
 * Takes a touch. The draft is fetched and checked again: the touch counts only for the very bytes that pass now, and
 * only if the roster in force says so now. Throws `Refused`; with `handedIn` when the gateway already had the signature.
 */
export async function sign(desk: Desk, ticket: string, assertion: AssertionView): Promise<void> {
  const { draft, ground } = await checkedDraft(desk, ticket)
  const statement = valueOr(signedBy(draft, bytesOf(assertion), ground))
  await desk.gateway.post('deskComplete', { ticket, statement }).catch(afterHandingIn)
}

async function checkedDraft(
  desk: Desk,
  ticket: string,
): Promise<{ draft: CheckedDraft; ground: DeskGround }> {
  const ground = await groundNow(desk)
  const draft = valueOr(checkDraft(await desk.gateway.post('deskDraft', { ticket }), ground))
  const passkeys = passkeysOf(ground.roster, signerOf(draft.statement), ground)
  if (passkeys.length === 0) throw new Refused({ code: 'no-passkey-here' })
  return { draft, ground }
}

/** An assertion does not say which key made it: it is whichever of the signer's keys verifies it. */
function signedBy(
  { statement, text }: CheckedDraft,
  assertion: Assertion,
  ground: DeskGround,
): Result<SignedStatement, DeskRefusal> {
  const { roster, origin, now, crypto } = ground
  const challenge = challengeIn(assertion.clientData)
  const wanted = toBase64Url(toBeSigned(namespaceOf(statement.kind), utf8(text), crypto.sha512))
  // Asked first: no key would verify it, and it would look like somebody else's.
  if (challenge !== undefined && challenge !== wanted) return { ok: false, error: { code: 'signature-bad' } }
  for (const key of passkeysOf(roster, signerOf(statement), ground)) {
    const packed = packAssertion(key, namespaceOf(statement.kind), origin, assertion, crypto.sha256)
    if (!packed.ok) return packed
    const signed = { text, signature: packed.value }
    const checked = checkStatement(signed, roster, now, crypto)
    if (checked.ok) return { ok: true, value: signed }
    if (checked.error.code !== 'signature-bad') return { ok: false, error: checked.error }
  }
  return { ok: false, error: { code: 'key-not-yours' } }
}

function bytesOf({ authenticatorData, clientData, signature }: AssertionView): Assertion {
  const bytes = (text: string) => {
    const value = fromBase64Url(text)
    if (value === undefined) throw new Refused({ code: 'request-malformed' })
    return value
  }
  return {
    authenticatorData: bytes(authenticatorData),
    clientData: bytes(clientData),
    signature: bytes(signature),
  }
}

/** From here on the gateway has the signature: a broken answer does not mean that it was not recorded. */
function afterHandingIn(error: unknown): never {
  if (!(error instanceof Refused)) throw error
  const { refusal } = error
  const code = refusal.code === 'gateway-unavailable' ? 'handing-in-unknown' : refusal.code
  throw new Refused({ ...refusal, code, handedIn: true })
}
