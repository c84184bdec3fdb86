import type { Crypto, Instant } from '@chaperone/encoding'
import type { KeyClass, Roster } from '@chaperone/domain'

/** What whoever shows a draft knows of its own, independent of the gateway. */
export interface Ground {
  readonly roster: Roster
  readonly now: Instant
  readonly crypto: Crypto
  /** What kind of key will sign: a target may not take it. */
  readonly keyClass: KeyClass
}
