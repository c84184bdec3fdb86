import type { Review } from '@chaperone/contract'

export interface UndeclaredEffect {
  readonly type: string
  readonly place: string
  readonly steps: readonly number[]
}

/** Effects that lie outside of what the technician declared, each with the steps that have it. */
export function undeclaredEffects({ steps }: Pick<Review, 'steps'>): readonly UndeclaredEffect[] {
  const found = new Map<string, UndeclaredEffect>()
  for (const { step, analysis } of steps) {
    for (const { type, place } of analysis.undeclared) {
      const key = `${type} ${place}`
      const before = found.get(key)?.steps ?? []
      found.set(key, { type, place, steps: before.includes(step) ? before : [...before, step] })
    }
  }
  return [...found.values()]
}
