import { expect, test } from 'vitest'
import { killLoop } from './kill-loop.ts'
import { moments } from './moments.ts'
import { startRig } from './rig.ts'
import { chosenSeed } from './seeded.ts'

const seed = chosenSeed()

test(`parts killed at every stage of the protocol lose nothing and do nothing twice (CHAPERONE_SEED=${seed})`, async () => {
  await using rig = await startRig()
  const { note, account } = await killLoop(rig, { seed, rounds: 1, victimsEach: 2 })
  console.log(`seed ${seed}:`, note.kills.length, 'kills', account)
  expect(new Set(note.kills.map(({ moment }) => moment))).toEqual(new Set(moments))
  expect(note.kills.length).toBeGreaterThanOrEqual(24)
  expect(account.outcomes['succeeded']).toBeGreaterThan(0)
}, 600_000)
