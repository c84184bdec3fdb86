import type { Context } from './decide.ts'
import type { Refusal } from './refusal.ts'

/** An expired roster permits nothing; what ends or forbids something needs no permission. */
export function expiredRoster({ roster, at }: Context): Refusal | undefined {
  return roster.expires <= at ? { code: 'roster-expired', expires: roster.expires } : undefined
}
