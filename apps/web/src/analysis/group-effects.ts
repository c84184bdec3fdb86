import type { Analysis } from '@chaperone/contract'

export interface ShownEffect {
  readonly type: string
  readonly place: string
  readonly undeclared: boolean
}

export interface EffectGroup {
  readonly name: string
  readonly effects: readonly ShownEffect[]
  /** How many more there are. */
  readonly left: number
}

const names = { changes: 'Changes', sends: 'Sends', runs: 'Runs', reads: 'Reads' } as const
const most = 12

/** Effects by what they are to somebody who must judge them; each once, undeclared ones first. */
export function groupEffects({
  effects,
  undeclared,
}: Pick<Analysis, 'effects' | 'undeclared'>): readonly EffectGroup[] {
  const missing = new Set(undeclared.map(keyOf))
  return Object.entries(names).flatMap(([group, name]) => {
    const all = new Map(effects.filter((effect) => effect.group === group).map((one) => [keyOf(one), one]))
    const shown = [...all].map(([key, { type, place }]) => ({ type, place, undeclared: missing.has(key) }))
    const sorted = shown.toSorted((a, b) => Number(b.undeclared) - Number(a.undeclared))
    const left = Math.max(0, sorted.length - most)
    return sorted.length === 0 ? [] : [{ name, effects: sorted.slice(0, most), left }]
  })
}

const keyOf = ({ type, place }: { readonly type: string; readonly place: string }) => `${type} ${place}`
