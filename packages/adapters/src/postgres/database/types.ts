import pg from 'pg'
import { Fault } from '@chaperone/encoding'

/** How column values arrive, for every client of ours; the driver's own defaults differ by type. */
export const columnTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
    return parsers.get(oid) ?? (pg.types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown)
  },
}

const verbatim = (text: string) => text

const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [20, safeInteger],
  [1016, safeIntegers],
  // Dates stay as text: a `Date` would lose microseconds and take on this process's time zone.
  [1082, verbatim],
  [1114, verbatim],
  [1184, verbatim],
])

/** int8 as a number. Sizes and indexes stay far below 2^53; one that does not is not ours. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Fault('integer-too-large', `\`${text}\` is beyond 2^53`)
  return value
}

/** int8[], of one dimension and without nulls, as `{1,2}`. */
function safeIntegers(text: string): readonly number[] {
  const list = text.slice(1, -1)
  return list === '' ? [] : list.split(',').map(safeInteger)
}
