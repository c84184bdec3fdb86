import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@chaperone/encoding'

/**
 * Ends what an earlier supervisor left running on `dataFolder`: a whole server, or the backends of
 * one that was killed, which keep its shared memory. Call it with the folder's lock held. It stops
 * rather than adopts: the next server then has our settings and our parentage.
 * Fault: `orphan-does-not-stop`.
 */
export async function stopOrphans(dataFolder: string): Promise<void> {
  for (const [signal, seconds] of steps) {
    const found = serverProcesses(dataFolder)
    if (found.length === 0) return
    const postmaster = postmasterPid(dataFolder)
    if (postmaster !== undefined && found.includes(postmaster)) kill(postmaster, signal)
    // Backends alone end by themselves when they notice; one that hangs is ended at the last step.
    else if (signal === 'SIGKILL') for (const pid of found) kill(pid, 'SIGKILL')
    await vanished(dataFolder, seconds)
  }
  if (serverProcesses(dataFolder).length > 0) {
    throw new Fault('orphan-does-not-stop', `a server from before still runs on \`${dataFolder}\``)
  }
}

/** Fast shutdown, immediate shutdown, kill. */
const steps = [
  ['SIGINT', 15],
  ['SIGQUIT', 5],
  ['SIGKILL', 5],
] as const

async function vanished(dataFolder: string, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end && serverProcesses(dataFolder).length > 0) await sleep(25)
}

/** Processes of a PostgreSQL server on this folder: it works in its data folder, all of it. */
function serverProcesses(dataFolder: string): readonly number[] {
  const folder = realpathSync(dataFolder)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, folder))
}

function worksIn(pid: number, folder: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== folder) return false
    // "pid (name) state …"; a zombie holds nothing and only waits for its parent.
    const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return name === 'postgres' && state !== 'Z'
  } catch {
    return false // gone, or another user's and so not a server of ours
  }
}

/** The first line of postmaster.pid, which a kill leaves behind: the number may be anybody's by now. */
function postmasterPid(dataFolder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8'), 10)
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
  } catch {
    return undefined
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone between the look and the kill.
  }
}
