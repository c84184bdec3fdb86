import type { Declared, Effect } from '../analysis.ts'

const looking = new Set(['read-file', 'list', 'query-only', 'exec-indirect'])

/** The derived effects that lie outside of what the order declares: another kind, or another place. */
export function compareDeclared(
  declared: readonly Declared[],
  effects: readonly Effect[],
): readonly Effect[] {
  return effects.filter((effect) => !looking.has(effect.type) && !declared.some((one) => covers(one, effect)))
}

function covers(declared: Declared, effect: Effect): boolean {
  if (declared.effect !== effect.type) return false
  const place = declared.place.trim().replace(/\/+$/, '')
  if (place === '' || effect.place === '' || place === effect.place) return true
  return place.startsWith('/') && effect.place.startsWith(`${place}/`)
}
