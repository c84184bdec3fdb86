import { fromBase64, parsePublicKey, type PersonId, type SshPublicKey } from '@chaperone/encoding'
import { findKey, findPerson, type Roster } from '@chaperone/domain'
import type { DeskGround } from './desk.ts'

/** The person's passkeys that count now, at this origin, and were made for this desk's relying party. */
export function passkeysOf(
  roster: Roster,
  person: PersonId,
  { rpId, origin, now }: Pick<DeskGround, 'rpId' | 'origin' | 'now'>,
): readonly SshPublicKey[] {
  const keys = findPerson(roster, person)?.keys ?? []
  return keys.flatMap(({ key, blob, class: keyClass, origins }) => {
    const bytes = fromBase64(blob)
    const parsed = bytes === undefined ? undefined : parsePublicKey(bytes)
    const counts =
      keyClass === 'passkey' && origins.includes(origin) && findKey(roster, key, now) !== undefined
    return counts && parsed?.ok === true && parsed.value.application === rpId ? [parsed.value] : []
  })
}
