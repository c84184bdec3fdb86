import { visible, visibleText } from '@chaperone/recording'
import type { ReviewStep } from '@chaperone/contract'

const groups = { changes: 'changes', sends: 'sends', runs: 'runs', reads: 'reads' } as const

/** What a step does as far as it is known, and what would make the rest known; one line each, marked ` ! ` or ` ? `. */
export function effectText({ analysis, understanding }: ReviewStep): readonly string[] {
  if (understanding.covered)
    return ['  say first what it does: `chaperone say ORDER` lists what is asked; the rest follows then']
  const undeclared = new Set(analysis.undeclared.map(keyOf))
  const effects = new Map(analysis.effects.map((effect) => [keyOf(effect), effect]))
  const lines = Object.entries(groups).flatMap(([group, word]) =>
    [...effects]
      .filter(([, effect]) => effect.group === group)
      .map(([key, { type, place }]) => {
        const mark = undeclared.has(key) ? '!' : ' '
        return ` ${mark} ${word}: ${type} ${shown(place)}${mark === '!' ? ' (not declared)' : ''}`
      }),
  )
  const unknown = new Map(analysis.unknown.map((part) => [part.what, part]))
  return [
    ...lines,
    ...[...unknown.values()].map(({ what, remedy }) => ` ? cannot be known: ${shown(what)}; ${remedy}`),
    ...understanding.doubtedBy.map(
      ({ name }) => ` ! a second escort is called: ${name} did not say what it does`,
    ),
  ]
}

const keyOf = ({ type, place }: { readonly type: string; readonly place: string }) => `${type} ${place}`

const shown = (text: string): string => visibleText(visible(text)).replaceAll('\n', ' ')
