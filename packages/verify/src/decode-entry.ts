import { err, fromUtf8, ok, type Json, type Result } from '@chaperone/encoding'
import { decodeEvent, eventShape, largestEvent, type Event, type EventRefusal } from '@chaperone/domain'

/**
 * Decodes an entry as `decodeEvent` does, several times faster for the entries that are in order: the platform's own
 * JSON is asked to spell the value again instead of ours. Whatever is not plainly canonical goes the long way, so that
 * the answer is the same (a test compares).
 */
export function decodeEntry(bytes: Uint8Array): Result<Event, EventRefusal> {
  const value = bytes.length > largestEvent ? undefined : plainlyCanonical(bytes)
  if (value === undefined) return decodeEvent(bytes)
  const parsed = eventShape.safeParse(value)
  return parsed.success
    ? ok(parsed.data)
    : err({ code: 'event-malformed', at: parsed.error.issues[0]?.path.join('.') ?? '' })
}

function plainlyCanonical(bytes: Uint8Array): Json | undefined {
  const text = fromUtf8(bytes)
  // An escaped surrogate may stand alone, which the platform spells and we do not.
  if (text === undefined || text.includes('\\u')) return undefined
  try {
    const value = JSON.parse(text) as Json
    return JSON.stringify(value) === text && isOrdered(value) ? value : undefined
  } catch {
    return undefined // no JSON, or nested too deep to be spelt
  }
}

/** Keys sorted everywhere, and no number that we would not write. */
function isOrdered(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every((item: Json) => isOrdered(item))
  const members = value as { readonly [key: string]: Json }
  let before = ''
  for (const key in members) {
    if (key < before || !isOrdered(members[key])) return false
    before = key
  }
  return true
}
