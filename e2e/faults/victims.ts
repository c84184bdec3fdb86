import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Demonstration } from '../../demo/demonstration.ts'

export type Victim = 'gateway' | 'signer' | 'database' | 'ssh'

/** Kills the part as the kernel would. False: it was not there. */
export function strike(demo: Demonstration, victim: Victim): boolean {
  const pid = pidOf(demo, victim)
  if (pid === undefined || !existsSync(`/proc/${pid}`)) return false
  try {
    process.kill(pid, 'SIGKILL')
    return true
  } catch {
    return false // it ended meanwhile
  }
}

function pidOf({ installation }: Demonstration, victim: Victim): number | undefined {
  const { gateway, signer } = installation.pids()
  if (victim === 'gateway') return gateway
  if (victim === 'signer') return signer
  if (victim === 'database') return postmaster(installation.places.database)
  return gateway === undefined ? undefined : sshOf(gateway)
}

function postmaster(dataFolder: string): number | undefined {
  const file = join(dataFolder, 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
}

/** The client that the gateway has started for a run. */
function sshOf(gateway: number): number | undefined {
  const children = readdirSync(`/proc/${gateway}/task`).flatMap((task) =>
    readFileSync(`/proc/${gateway}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
  )
  return children.map(Number).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'ssh')
}
