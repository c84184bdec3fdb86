import type { Crypto, Digest } from '@chaperone/encoding'
import { adoptRoster, noRoster, rosterDigest, type EventOf, type Roster } from '@chaperone/domain'
import type { ExportSource } from './export-source.ts'
import type { Findings } from './findings.ts'
import type { TrustRoot } from './trust-root.ts'

/** The rosters in force, entry by entry. */
export interface RosterHistory {
  /** The roster in force, or `undefined` before the first and after one that cannot be believed. */
  current(): Roster | undefined
  /** Why there is none in force. */
  gap(): string
  adopt(index: number, event: EventOf<'roster-adopted'>): void
}

export function rosterHistory(
  source: ExportSource,
  root: TrustRoot,
  crypto: Crypto,
  found: Findings,
): RosterHistory {
  let current: Roster | undefined
  let currentDigest: Digest = noRoster
  let gap = 'no-roster-yet'

  function lose(why: string): void {
    current = undefined
    gap = why
  }

  return {
    current: () => current,
    gap: () => gap,
    adopt(index, event) {
      const { version } = event
      // After a gap nobody can say who the officers were.
      if (current === undefined && gap !== 'no-roster-yet') return
      const bytes = source.read(`rosters/${version}.json`)
      if (bytes === undefined) {
        found.missing('rosters-adopted', {
          what: 'roster',
          why: 'not-in-export',
          by: null,
          count: 1,
          entry: index,
        })
        return lose('roster-missing')
      }
      const digest = rosterDigest(bytes, crypto.sha256)
      const adopted = adoptRoster(
        { bytes, adoptions: event.adoptions },
        current,
        currentDigest,
        event.at,
        crypto,
      )
      found.checked('rosters-adopted')
      if (digest !== event.digest || (version === 1 && digest !== root.rosterDigest)) {
        found.broken('rosters-adopted', index, { code: 'roster-digest-wrong', version, digest })
        return lose('roster-broken')
      }
      if (!adopted.ok || adopted.value.version !== version) {
        found.broken(
          'rosters-adopted',
          index,
          adopted.ok ? { code: 'roster-version-wrong', version } : adopted.error,
        )
        return lose('roster-broken')
      }
      current = adopted.value
      currentDigest = digest
    },
  }
}
