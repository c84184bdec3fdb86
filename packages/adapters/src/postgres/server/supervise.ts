import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@chaperone/encoding'
import { identity, type SystemAccount } from './account.ts'
import type { RunnableBinaries } from './prepare-binaries.ts'
import { stopOrphans } from './orphans.ts'
import { settings } from './settings.ts'

export interface SuperviseOptions {
  readonly binaries: RunnableBinaries
  readonly account: SystemAccount | undefined
  readonly dataFolder: string
  readonly socketFolder: string
  readonly logFile: string
  readonly onStopped: ((fault: Fault, fatal: boolean) => void) | undefined
}

export interface Supervised {
  pid(): number | undefined
  stop(): Promise<void>
}

/**
 * Runs the server and starts it again when it goes away, for as long as `stop` is not called. A first
 * start that fails throws `postgres-start-failed`; later ones are tried again with a pause of at most
 * 5 s. After a failed fsync there is no later one: what the kernel dropped cannot be replayed.
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  rotate(options.logFile)
  const stopping = new AbortController()
  const state: State = { child: undefined, logFrom: logSize(options.logFile) }
  state.child = await launch(options)
  const endWithUs = () => state.child?.kill('SIGINT')
  process.on('exit', endWithUs)
  const watching = watch(options, state, stopping.signal)
  return {
    pid: () => (state.child !== undefined && isRunning(state.child) ? state.child.pid : undefined),
    async stop() {
      stopping.abort()
      if (state.child !== undefined) await end(state.child)
      await watching
      process.off('exit', endWithUs)
    },
  }
}

interface State {
  child: ChildProcess | undefined
  /** Where the messages of the present run begin: what an earlier one said is not about this one. */
  logFrom: number
}

async function watch(options: SuperviseOptions, state: State, stopping: AbortSignal): Promise<void> {
  for (let pause = 50; !stopping.aborted; pause = Math.min(pause * 2, 5000)) {
    if (state.child !== undefined) {
      const since = performance.now()
      await exited(state.child)
      state.child = undefined
      if (stopping.aborted) return
      if (performance.now() - since > 10_000) pause = 50
    }
    const fault = stopFault(readFileSync(options.logFile, 'utf8').slice(state.logFrom))
    const fatal = fault.code === 'postgres-disk-failed'
    options.onStopped?.(fault, fatal)
    if (fatal) return
    await sleep(pause, undefined, { signal: stopping }).catch(() => undefined)
    state.logFrom = logSize(options.logFile)
    if (!stopping.aborted) state.child = await relaunch(options, stopping)
  }
}

async function relaunch(options: SuperviseOptions, stopping: AbortSignal): Promise<ChildProcess | undefined> {
  try {
    await stopOrphans(options.dataFolder)
    const child = await launch(options)
    if (!stopping.aborted) return child
    await end(child)
    return undefined
  } catch {
    return undefined // the reason is in the log file and goes to `onStopped` before the next attempt
  }
}

/** Starts the server and resolves when it takes connections. */
async function launch(options: SuperviseOptions): Promise<ChildProcess> {
  const from = logSize(options.logFile)
  const child = start(options)
  child.on('error', () => undefined) // `exited` tells; without a listener it would end this process
  const failed = exited(child)
  for (;;) {
    if (isReady(options.dataFolder, child.pid)) return child
    const gone = await Promise.race([failed.then(() => true), sleep(10, false)])
    if (gone) {
      const said = readFileSync(options.logFile, 'utf8').slice(from).trim().slice(-2000)
      throw new Fault('postgres-start-failed', `the database server did not start: ${said}`)
    }
  }
}

function start(options: SuperviseOptions): ChildProcess {
  const { binaries, account, dataFolder, logFile } = options
  const log = openSync(logFile, 'a', 0o600)
  const server = join(binaries.bin, 'postgres')
  // The kernel passes our death on as a fast shutdown, also when we are killed.
  const words = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'INT', server] : [server]
  const [program = server, ...before] = words
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...binaries.environment }
  try {
    return spawn(program, [...before, '-D', dataFolder, ...settings(options.socketFolder)], {
      ...identity(account),
      cwd: '/',
      env,
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C at the terminal is for us, who stop it after its clients.
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}

/** Line 8 of postmaster.pid is the server's own word; line 1 tells whose. */
function isReady(dataFolder: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/** Fast shutdown; when clients or a stuck disk hold it up, harder. */
async function end(child: ChildProcess): Promise<void> {
  for (const [signal, milliseconds] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5000],
    ['SIGKILL', 5000],
  ] as const) {
    if (!isRunning(child)) return
    child.kill(signal)
    await Promise.race([exited(child), sleep(milliseconds, undefined, { ref: false })])
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

async function exited(child: ChildProcess): Promise<void> {
  // A program that could not be started emits 'error' and never 'exit'.
  if (isRunning(child)) await once(child, 'exit').catch(() => undefined)
}

/** Says why the server stopped, from the last thing it wrote. */
function stopFault(said: string): Fault {
  const panic = said
    .split('\n')
    .filter((line) => line.includes('PANIC:'))
    .at(-1)
  if (panic !== undefined && diskFailed(panic)) return new Fault('postgres-disk-failed', panic)
  return new Fault('postgres-stopped', said.trim().split('\n').slice(-3).join('\n'))
}

/** A full disk is over when somebody makes room; a failed fsync or read is never over. */
function diskFailed(panic: string): boolean {
  return /could not (fsync|fdatasync)|Input\/output error|invalid page|checksum/i.test(panic)
}

function logSize(logFile: string): number {
  return existsSync(logFile) ? readFileSync(logFile, 'utf8').length : 0
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > 4_000_000) renameSync(logFile, `${logFile}.1`)
}
