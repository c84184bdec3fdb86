import { killLoop } from '../e2e/faults/kill-loop.ts'
import { moments } from '../e2e/faults/moments.ts'
import type { Notebook } from '../e2e/faults/notebook.ts'
import { startRig } from '../e2e/faults/rig.ts'
import { chosenSeed } from '../e2e/faults/seeded.ts'
import { printSamples } from './measure/interleaved.ts'

/**
 * `kill -9` of gateway, signer, database and ssh at every stage of the protocol, again and again, on a whole
 * installation with a real target; then everything is accounted for (e2e/faults/account-for-all.ts). Fails when
 * anything was lost, happened twice or cannot be explained.
 */
const rounds = Number(process.argv[2] ?? 3)
const bar = { kills: 100 }

const seed = chosenSeed()
console.log(`CHAPERONE_SEED=${seed}, ${rounds} rounds`)
await using rig = await startRig()
const began = performance.now()
const { note, account } = await killLoop(rig, { seed, rounds })
print(note)
const { entries, acknowledged, outcomes, verdict } = account
console.log(`\n${note.kills.length} kills in ${((performance.now() - began) / 1000).toFixed(0)} s`)
console.log(`${entries} entries; all of ${acknowledged} acknowledged events are in the log`)
console.log(
  `runs: ${JSON.stringify(outcomes)}; none ran twice; state is the fold of the log; export ${verdict}`,
)
console.log(`bar: at least ${bar.kills} kills: ${note.kills.length >= bar.kills ? 'met' : 'missed'}`)

function print({ kills }: Notebook): void {
  for (const moment of moments) {
    const victims = kills.filter((kill) => kill.moment === moment).map(({ victim }) => victim)
    const counts = [...new Set(victims)].map((name) => `${name} ${victims.filter((v) => v === name).length}`)
    console.log(`${moment.padEnd(20)} ${counts.sort().join(', ')}`)
  }
  console.log('\nuntil every part works again:')
  const times: Record<string, number[]> = {}
  for (const { victim, recovered } of kills) (times[victim] ??= []).push(recovered)
  printSamples(times)
}
