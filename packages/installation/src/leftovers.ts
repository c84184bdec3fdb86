import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { placesOf } from './places.ts'
import type { Log } from './supervise.ts'

const graceMilliseconds = 10_000

/** Ends what an earlier start of the installation in `folder` left behind. Only for whoever holds a lock on it. */
export async function endLeftovers(folder: string, log: Log): Promise<void> {
  await stopLeftovers(Object.values(placesOf(folder).configs), log)
}

/**
 * Ends processes of this very installation that a killed supervisor left behind: those whose command line names one
 * of its own configuration files. Called with the installation's lock held, so nobody else is starting them.
 */
export async function stopLeftovers(configs: readonly string[], log: Log): Promise<void> {
  const left = findLeftovers(configs)
  if (left.length === 0) return
  log('chaperone', `ending ${left.length} process(es) that an earlier start left behind`)
  for (const pid of left) tell(pid, 'SIGTERM')
  const deadline = performance.now() + graceMilliseconds
  while (findLeftovers(configs).length > 0 && performance.now() < deadline) await sleep(50)
  for (const pid of findLeftovers(configs)) tell(pid, 'SIGKILL')
}

function findLeftovers(configs: readonly string[]): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => pid !== process.pid && configs.includes(argumentsOf(pid)[2] ?? ''))
}

/** `node main.ts CONFIG`; empty when it is gone, a zombie, or not ours to look at. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it is gone
  }
}
