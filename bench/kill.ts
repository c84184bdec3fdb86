import { spawnSync } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { sshExecutor } from '@chaperone/adapters'
import { isRunning, observeRun, prepareRun, startSshd, testAuthority } from '@chaperone/testkit'
import { interleaved, printSamples, type Case } from './measure/interleaved.ts'

/** From the kill to the moment when the target has no process of the step any more, and to the outcome. */
const rounds = Number(process.argv[2] ?? 60)

await using authority = await testAuthority()
await using target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })

const steps = {
  'nohup:': 'nohup sleep 1000 >/dev/null 2>&1 & echo $! $$; wait',
  'setsid:': `setsid sh -c 'echo $$; exec sleep 1000' & wait`,
  'double fork:': `( ( setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' & ) & ); sleep 1000`,
  'clean environment, own session:': `( env -i setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' & ); sleep 1000`,
}

function killed(bytes: string): Case {
  const executor = sshExecutor({ kexAlgorithms: 'curve25519-sha256' })
  return async () => {
    const seen = observeRun()
    const kill = new AbortController()
    const request = await prepareRun(target, authority, { bytes })
    const running = executor.run(request, seen, kill.signal)
    await seen.until('\n')
    const pids = seen.text().trim().split(/\s/).map(Number)
    const began = performance.now()
    kill.abort()
    for (const pid of pids) while (await isRunning(pid)) await turn()
    const gone = performance.now() - began
    const outcome = await running
    if (outcome.result !== 'killed' || !outcome.confirmed) throw new Error(JSON.stringify(outcome))
    return { gone, outcome: performance.now() - began }
  }
}

console.log(spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr.trim())
printSamples(
  await interleaved(
    Object.fromEntries(Object.entries(steps).map(([name, text]) => [name, killed(text)])),
    rounds,
  ),
)
