import type { Review } from '@chaperone/contract'

export interface UndeclaredEffect {
  readonly type: string
  readonly place: string
  readonly steps: readonly number[]
}

/** Effects that the analysis derived and the technician did not declare, with the steps that have them. */
export function undeclaredEffects(review: Pick<Review, 'effects' | 'steps'>): readonly UndeclaredEffect[] {
  const found = new Map<string, UndeclaredEffect>()
  for (const { step, analysis } of review.steps) {
    for (const { type, place } of analysis.effects) {
      // Asking a system how it does neither changes nor discloses a thing: a warning for it would hide the others.
      if (type === 'query-only') continue
      if (review.effects.some((declared) => declared.effect === type && covers(declared.place, place)))
        continue
      const key = `${type} ${place}`
      const before = found.get(key)?.steps ?? []
      found.set(key, { type, place, steps: before.includes(step) ? before : [...before, step] })
    }
  }
  return [...found.values()]
}

/** A declared folder covers what is in it; no place at all covers every place. */
function covers(declared: string, place: string): boolean {
  if (declared === '' || declared === place) return true
  return place.startsWith(declared.endsWith('/') ? declared : `${declared}/`)
}
