import { err, ok, utf8, type Result } from '@chaperone/encoding'
import { findPerson, parseStatement, signerOf, type Statement } from '@chaperone/domain'
import type { SigningDraft } from '@chaperone/contract'
import { checkDecision } from './check-decision.ts'
import { checkRelease } from './check-release.ts'
import type { CheckedAction, CheckedDraft } from './checked-draft.ts'
import type { DraftRefusal } from './draft-refusal.ts'
import type { Ground } from './ground.ts'

/**
 * Decides whether a draft may be shown and signed: the statement parses, it is that person's to sign, and every value
 * in it is what the openings and our own roster say. A draft that fails is not shown at all.
 */
export function checkDraft(draft: SigningDraft, ground: Ground): Result<CheckedDraft, DraftRefusal> {
  const parsed = parseStatement(utf8(draft.statement))
  if (!parsed.ok) return parsed
  const statement = parsed.value
  const refusal = aboutSigner(draft, statement, ground)
  if (refusal !== undefined) return err(refusal)
  switch (statement.kind) {
    case 'allow':
    case 'forbid':
      return checkDecision(draft, statement, ground)
    case 'release':
      return checkRelease(draft, statement, ground)
    case 'freeze':
    case 'kill':
      return checkAction(draft, statement, ground)
    default:
      return err({ code: 'not-signed-here', kind: statement.kind })
  }
}

function aboutSigner(draft: SigningDraft, statement: Statement, ground: Ground): DraftRefusal | undefined {
  const { roster, now } = ground
  if (draft.kind !== statement.kind) return { code: 'statement-not-for-this', field: 'kind' }
  const signer = signerOf(statement)
  if (draft.person !== signer) return { code: 'statement-not-for-this', field: 'person' }
  const person = findPerson(roster, signer)
  if (person === undefined || person.until <= now) return { code: 'escort-unknown', escort: signer }
  // An officer may end a run as well; everything else here is an escort's to sign.
  const mayBeOfficer = statement.kind === 'kill' && person.roles.includes('officer')
  if (!mayBeOfficer && !person.roles.includes('escort')) return { code: 'role-missing', role: 'escort' }
  return undefined
}

/** A freeze or a kill commits to nothing that could be opened: it is its own text. */
function checkAction(
  draft: SigningDraft,
  statement: CheckedAction['statement'],
  { roster }: Ground,
): Result<CheckedAction, DraftRefusal> {
  const { order, steps, releases, recipientFacts } = draft
  const bare = order === null && steps.length === 0 && releases.length === 0 && recipientFacts === null
  if (!bare) return err({ code: 'opening-mismatch', field: 'extra' })
  return ok({ about: 'action', statement, text: draft.statement, roster, names: draft.names })
}
