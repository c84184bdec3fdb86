import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@chaperone/encoding'
import { untilReady, type Probe } from './readiness.ts'

/** One of our processes: how it is started, and how one knows that it answers. */
export interface Part {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly ready: Probe
}

export interface SupervisedPart {
  pid(): number | undefined
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>
}

export type Log = (source: string, line: string) => void

/** How a part that ended by itself is started again. */
export interface Restarts {
  readonly firstPauseMilliseconds: number
  readonly longestPauseMilliseconds: number
  /** After so many ends in a row without a steady minute it is given up. */
  readonly mostInARow: number
}

const defaultRestarts: Restarts = {
  firstPauseMilliseconds: 200,
  longestPauseMilliseconds: 10_000,
  mostInARow: 8,
}
const readyWithinSeconds = 60
const steadyAfterMilliseconds = 60_000
const graceMilliseconds = 15_000

/**
 * Starts a part, resolves when it answers, and starts it again when it ends by itself, more slowly each time. After
 * too many ends in a row it gives up and says so.
 */
export async function supervise(
  part: Part,
  log: Log,
  onGivenUp: (fault: Fault) => void,
  restarts: Restarts = defaultRestarts,
): Promise<SupervisedPart> {
  const { firstPauseMilliseconds, longestPauseMilliseconds, mostInARow } = restarts
  const stopping = new AbortController()
  let child: ChildProcess | undefined
  let startedAt = 0

  function start(): Promise<number | null> {
    startedAt = performance.now()
    const started = spawn(part.command, part.args, {
      // A process group of its own: a Ctrl-C at the terminal is for us, who stop the parts in their order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: part.env ?? process.env,
    })
    child = started
    for (const stream of [started.stdout, started.stderr]) {
      createInterface({ input: stream }).on('line', (line) => log(part.name, line))
    }
    return new Promise((resolve, reject) => {
      started.once('error', reject)
      started.once('exit', (code) => resolve(code))
    })
  }

  async function keepRunning(first: Promise<number | null>): Promise<void> {
    let ended = first
    for (let inARow = 1; ; inARow++) {
      const code = await ended
      if (stopping.signal.aborted) return
      if (performance.now() - startedAt > steadyAfterMilliseconds) inARow = 1
      if (inARow > mostInARow) throw new Fault('part-fails', `${part.name} ends again and again`)
      const pause = Math.min(firstPauseMilliseconds * 2 ** (inARow - 1), longestPauseMilliseconds)
      log(part.name, `ended by itself (exit ${code ?? 'by signal'}); starting again in ${pause / 1000} s`)
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return
      ended = start()
    }
  }

  async function stop(): Promise<void> {
    stopping.abort()
    const ending = child
    // A program that could not be started has no pid, and no exit to wait for.
    if (ending?.pid === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGTERM')
    const timer = setTimeout(() => ending.kill('SIGKILL'), graceMilliseconds)
    await gone
    clearTimeout(timer)
  }

  const first = start()
  const early = first.then((code) => {
    throw new Fault('part-did-not-start', `${part.name} ended while it started (exit ${code ?? 'by signal'})`)
  })
  early.catch(() => undefined) // later ends are keepRunning's to see
  try {
    await Promise.race([untilReady(part.name, part.ready, readyWithinSeconds, stopping.signal), early])
  } catch (failure) {
    await stop()
    throw failure
  }
  keepRunning(first).catch((error: unknown) => onGivenUp(error as Fault))
  return { pid: () => child?.pid, stop }
}
