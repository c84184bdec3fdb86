/** A word as it is laid out. */
export interface Place {
  readonly word: number
  readonly line: number
}

/** Index of the word that a key leads to from `word`, the same one at an end; `undefined` for other keys. */
export function nextWord(places: readonly Place[], word: number, key: string): number | undefined {
  const here = places.findIndex((place) => place.word === word)
  const line = places[here]?.line ?? 0
  const onLine = places.flatMap((place, i) => (place.line === line ? [i] : []))
  switch (key) {
    case 'ArrowRight':
      return Math.min(here + 1, places.length - 1)
    case 'ArrowLeft':
      return Math.max(here - 1, 0)
    case 'Home':
      return onLine[0]
    case 'End':
      return onLine.at(-1)
    case 'ArrowDown':
      return firstOf(places, (other) => other > line) ?? here
    case 'ArrowUp': {
      const above = places.findLast((place) => place.line < line)?.line
      return firstOf(places, (other) => other === above) ?? here
    }
    default:
      return undefined
  }
}

function firstOf(places: readonly Place[], is: (line: number) => boolean): number | undefined {
  const found = places.findIndex((place) => is(place.line))
  return found < 0 ? undefined : found
}
