/** A moment as the protocol writes it: UTC, whole seconds, `2026-11-24T16:20:34Z`. Sorts as text. */
export type Instant = string

const pattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True for the one spelling of an existing second (no 30 February). */
export function isInstant(text: string): text is Instant {
  if (!pattern.test(text)) return false
  const day = Number(text.slice(8, 10))
  if (day <= 28) return true
  const month = Number(text.slice(5, 7))
  const last = month === 2 && isLeap(Number(text.slice(0, 4))) ? 29 : daysIn[month - 1]! // the pattern has months 1 to 12
  return day <= last
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Seconds since 1970 of a valid instant; NaN otherwise. */
export function secondsOf(instant: Instant): number {
  return Date.parse(instant) / 1000
}

/** The instant of whole seconds since 1970. */
export function instantOf(seconds: number): Instant {
  if (!Number.isFinite(seconds)) return ''
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
