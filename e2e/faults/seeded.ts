/** Numbers from 0 to 1 that the seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed that the environment sets, so that a failure can be seen again, or one of chance. */
export function chosenSeed(): number {
  return Number(process.env['CHAPERONE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
}
