import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process is there and not only waiting to be reaped. */
export async function isRunning(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return text !== undefined && !/^\d+ \(.*\) [ZX]/s.test(text)
}

/** Resolves when none of them runs any more. */
export async function allEnded(pids: readonly number[]): Promise<void> {
  for (const pid of pids) while (await isRunning(pid)) await sleep(5)
}

/** Our own children that run this program. */
export async function childrenRunning(program: string): Promise<readonly number[]> {
  const own = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')
  const pids = own.trim().split(' ').filter(Boolean).map(Number)
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')))
  return pids.filter((_, i) => names[i]?.trim() === program)
}
