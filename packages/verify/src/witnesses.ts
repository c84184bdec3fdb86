import type { Crypto } from '@chaperone/encoding'
import type { Roster } from '@chaperone/domain'
import { checkNote, parseVerifierKey, type OpenedCheckpoint } from '@chaperone/tlog'
import type { Findings } from './findings.ts'

/** Parties other than the installation: only they can say that nobody was shown another log. */
export function checkWitnesses(
  { note }: OpenedCheckpoint,
  roster: Roster | undefined,
  crypto: Crypto,
  found: Findings,
): void {
  const rule = 'checkpoint-witnessed'
  const missing = (why: string, count: number) =>
    found.missing(rule, { what: 'cosignature', why, by: null, count, entry: null })
  if (roster === undefined) return missing('no-roster-in-force', 1)
  const { keys, needed } = roster.witnesses
  let have = 0
  for (const text of keys) {
    const key = parseVerifierKey(text, crypto.sha256)
    if (key === undefined) return found.broken(rule, null, { code: 'witness-key-malformed', key: text })
    const signed = checkNote(note, key, crypto)
    if (signed.ok) have++
    else if (signed.error.code !== 'note-unsigned') return found.broken(rule, null, signed.error)
  }
  found.checked(rule, have)
  if (have < needed) missing('not-in-export', needed - have)
}
