import { accountForAll, type Account } from './account-for-all.ts'
import { killOnce, type Kill } from './kill-once.ts'
import { moments, victimsAt, type Moment } from './moments.ts'
import { emptyNotebook, type Notebook } from './notebook.ts'
import type { Rig } from './rig.ts'
import { seeded } from './seeded.ts'
import type { Victim } from './victims.ts'

export interface LoopOptions {
  readonly seed: number
  /** How often each part is killed at each moment. */
  readonly rounds: number
  /** Without: every part at every moment. With: at each moment so many of the parts, chosen by the seed. */
  readonly victimsEach?: number
}

export interface LoopResult {
  readonly note: Notebook
  readonly account: Account
}

/** Kills parts of an installation at every stage of the protocol, then accounts for everything. */
export async function killLoop(rig: Rig, options: LoopOptions): Promise<LoopResult> {
  const note = emptyNotebook()
  for (const [i, kill] of planned(options).entries()) await killOnce(rig, note, `k${i}`, kill)
  await killOnce(rig, note, 'last', { moment: 'reading', victim: 'ssh', delay: 0 })
  return { note, account: await accountForAll(rig, note) }
}

/** In the seed's order. */
export function planned({ seed, rounds, victimsEach }: LoopOptions): readonly Kill[] {
  const random = seeded(seed)
  const kills: Kill[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [i, moment] of moments.entries()) {
      for (const victim of chosen(moment, (seed >>> 0) + round + i, victimsEach))
        kills.push({ moment, victim, delay: Math.floor(random() * longestDelay) })
    }
  }
  return inVictimsOrder(kills, random)
}

/** About as long as a request takes: the kill falls before, into and after its transaction. */
const longestDelay = 60

function chosen(moment: Moment, from: number, count: number | undefined): readonly Victim[] {
  const victims = victimsAt(moment)
  if (count === undefined) return victims
  return Array.from({ length: count }, (_, i) => victims[(from + i) % victims.length] ?? 'gateway')
}

/**
 * A signer that starts waits until every run has an end, and what a killed gateway left gets its own only when its
 * lease is over: all kills of one part in a row cost one such wait instead of one each.
 */
function inVictimsOrder(kills: readonly Kill[], random: () => number): readonly Kill[] {
  const rank: Readonly<Record<Victim, number>> = { ssh: 0, gateway: 1, database: 2, signer: 3 }
  return kills
    .map((kill) => ({ kill, place: rank[kill.victim] + random() * 0.999 }))
    .sort((a, b) => a.place - b.place)
    .map(({ kill }) => kill)
}
