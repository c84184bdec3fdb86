import {
  claimedKey,
  equalBytes,
  err,
  fromBase64,
  keyIdOf,
  ok,
  utf8,
  verifySignature,
  type Crypto,
  type Instant,
  type PersonId,
  type Result,
  type SignatureRefusal,
  type VerifiedSignature,
} from '@chaperone/encoding'
import { findKey, isDemonstration, type Role, type Roster, type RosterKey } from './roster.ts'
import { namespaceOf, parseStatementText, type Statement, type StatementRefusal } from './statement.ts'

/** A statement's bytes as text, with its armored SSHSIG. */
export interface SignedStatement {
  readonly text: string
  readonly signature: string
}

export type SignerRefusal =
  | StatementRefusal
  | SignatureRefusal
  | { readonly code: 'key-not-in-roster' }
  | { readonly code: 'key-not-theirs'; readonly stated: PersonId; readonly holder: PersonId }
  | { readonly code: 'role-missing'; readonly role: Role }
  | { readonly code: 'key-class-unproven'; readonly class: RosterKey['class']; readonly missing: string }
  | { readonly code: 'software-key-refused' }

/** A statement whose signature is by the person it names, with a key that counted at `at`. */
export interface CheckedStatement<S extends Statement = Statement> {
  readonly statement: S
  readonly person: PersonId
  readonly key: RosterKey
}

/**
 * Checks one statement against the roster in force: grammar, signature, namespace, whose key it is, the
 * role, and what the key's class must prove. Nothing of the signature's bytes identifies anything: ECDSA
 * signatures can be re-spelt by anybody.
 */
export function checkStatement(
  signed: SignedStatement,
  roster: Roster,
  at: Instant,
  crypto: Crypto,
): Result<CheckedStatement, SignerRefusal> {
  const parsed = parseStatementText(signed.text)
  if (!parsed.ok) return parsed
  const statement = parsed.value
  const claimed = claimedKey(signed.signature)
  if (claimed === undefined) return err({ code: 'signature-malformed' })
  const held = findKey(roster, keyIdOf(claimed.blob, crypto.sha256), at)
  if (held === undefined) return err({ code: 'key-not-in-roster' })
  const verified = verifySignature(signed.signature, utf8(signed.text), namespaceOf(statement.kind), crypto)
  if (!verified.ok) return verified
  const stated = signerOf(statement)
  if (held.person.person !== stated) {
    return err({ code: 'key-not-theirs', stated, holder: held.person.person })
  }
  const role = roleFor(statement)
  if (role !== undefined && !held.person.roles.includes(role)) return err({ code: 'role-missing', role })
  const unproven = missingProof(held.key, verified.value)
  if (unproven !== undefined)
    return err({ code: 'key-class-unproven', class: held.key.class, missing: unproven })
  if (held.key.class === 'software' && role === 'officer' && !isDemonstration(roster)) {
    return err({ code: 'software-key-refused' })
  }
  return ok({ statement, person: stated, key: held.key })
}

/** The person whose signature a statement needs. */
export function signerOf(statement: Statement): PersonId {
  switch (statement.kind) {
    case 'allow':
    case 'forbid':
    case 'freeze':
      return statement.escort
    case 'submit':
    case 'withdraw':
      return statement.technician
    case 'kill':
      return statement.person
    case 'release':
      return statement.releaser
    default:
      return statement.officer
  }
}

/** The role that the signer must have; kill and freeze may come from an escort or an officer and are judged there. */
function roleFor(statement: Statement): Role | undefined {
  switch (statement.kind) {
    case 'allow':
    case 'forbid':
    case 'release':
      return 'escort'
    case 'submit':
    case 'withdraw':
      return 'technician'
    case 'kill':
    case 'freeze':
      return undefined
    default:
      return 'officer'
  }
}

/** What the key's class promises and this signature does not show. */
function missingProof(key: RosterKey, proof: VerifiedSignature): string | undefined {
  const blob = fromBase64(key.blob)
  if (blob === undefined || !equalBytes(proof.key.blob, blob)) return 'key'
  switch (key.class) {
    case 'passkey':
      if (proof.webauthn === undefined) return 'browser'
      if (proof.webauthn.crossOrigin) return 'same-origin'
      if (!key.origins.includes(proof.webauthn.origin)) return 'origin'
      return missingTouch(proof)
    case 'fido2':
      return proof.webauthn === undefined ? missingTouch(proof) : 'token'
    case 'piv':
    case 'software':
      return proof.authenticator === undefined ? undefined : 'plain-key'
  }
}

function missingTouch(proof: VerifiedSignature): string | undefined {
  if (proof.authenticator?.userPresent !== true) return 'presence'
  return proof.authenticator.userVerified ? undefined : 'verification'
}
