import type { Crypto, Instant } from '@chaperone/encoding'
import type { Analyst } from './analyst.ts'
import type { Ledger } from './ledger.ts'
import type { Ephemera, RecordReader, Records } from './records.ts'

/** Everything outside that the use cases need, handed in where the process is put together. */
export interface Office {
  readonly ledger: Ledger<Records>
  readonly reader: RecordReader
  readonly ephemera: Ephemera
  readonly analyst: Analyst
  readonly crypto: Crypto
  readonly clock: Clock
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array
}

export interface Clock {
  now(): Instant
  /** Milliseconds since 1970, for measuring. */
  milliseconds(): number
}
