import { err, ok, utf8, type Result } from '@chaperone/encoding'
import { findPerson, type ReleaseStatement } from '@chaperone/domain'
import type { SigningDraft } from '@chaperone/contract'
import type { CheckedRelease } from './checked-draft.ts'
import type { Ground } from './ground.ts'
import { recipientDocument } from './draft-documents.ts'
import { opensTo, opensToBytes } from './opened.ts'
import type { DraftRefusal } from './draft-refusal.ts'

/** A release: the text that leaves, and who it leaves to as known at that moment (O-1, O-4). */
export function checkRelease(
  draft: SigningDraft,
  statement: ReleaseStatement,
  ground: Ground,
): Result<CheckedRelease, DraftRefusal> {
  const recipient = openRecipient(draft, statement, ground)
  if (!recipient.ok) return recipient
  const { roster } = ground
  if (statement.roster !== roster.version) {
    return err({ code: 'roster-stale', signed: statement.roster, current: roster.version })
  }
  if (statement.policy !== roster.policy) return err({ code: 'policy-stale' })
  const pieces = openPieces(draft, statement, ground)
  if (!pieces.ok) return pieces
  const { names, statement: text } = draft
  return ok({
    about: 'release',
    statement,
    text,
    roster,
    names,
    recipient: recipient.value,
    pieces: pieces.value,
  })
}

function openRecipient(
  draft: SigningDraft,
  statement: ReleaseStatement,
  { roster, now, crypto }: Ground,
): Result<CheckedRelease['recipient'], DraftRefusal> {
  const opening = draft.recipientFacts
  const parsed = recipientDocument.safeParse(opening?.document)
  const opens =
    opening !== null &&
    parsed.success &&
    opensTo('recipient-facts', statement.recipientFacts, opening.salt, parsed.data, crypto.sha256)
  if (!opens) return err({ code: 'opening-mismatch', field: 'recipient' })
  const facts = parsed.data
  const known = findPerson(roster, statement.recipient)
  if (facts.person !== statement.recipient)
    return err({ code: 'recipient-wrong', recipient: statement.recipient })
  // The roster is the desk's own; facts that contradict it were made up.
  const current = known !== undefined && known.until > now && known.until === facts.until
  const same = facts.roster === roster.version && JSON.stringify(facts.roles) === JSON.stringify(known?.roles)
  if (!current || !same) return err({ code: 'recipient-wrong', recipient: statement.recipient })
  return ok(facts)
}

function openPieces(
  draft: SigningDraft,
  { releases }: ReleaseStatement,
  { crypto }: Ground,
): Result<CheckedRelease['pieces'], DraftRefusal> {
  const extra = draft.releases.length !== releases.length || draft.order !== null || draft.steps.length > 0
  if (extra) return err({ code: 'opening-mismatch', field: 'extra' })
  const pieces = releases.map((line, i) => {
    const opening = draft.releases[i]! // as many as lines
    // A lone surrogate would be replaced on its way to bytes, and then the hash would not fit the text.
    const bytes = utf8(opening.text)
    const fits =
      opening.run === line.run &&
      bytes.length === line.length &&
      opensToBytes('release', line.content, opening.salt, bytes, crypto.sha256)
    return fits ? { line, bytes } : undefined
  })
  return pieces.every((piece) => piece !== undefined)
    ? ok(pieces)
    : err({ code: 'opening-mismatch', field: 'release' })
}
