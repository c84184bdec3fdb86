import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  allEnded,
  childrenRunning,
  isRunning,
  observeRun,
  prepareRun,
  startSshd,
  testAuthority,
  type SshTarget,
  type TestAuthority,
  type TestStep,
} from '@chaperone/testkit'
import { sshExecutor } from './ssh-executor.ts'

// Faster than OpenSSH's own choice; what is tested is not the key exchange.
const quick = { kexAlgorithms: 'curve25519-sha256' }

let authority: TestAuthority
let target: SshTarget
beforeAll(async () => {
  authority = await testAuthority()
  target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
})
afterAll(async () => {
  await target.stop()
  await authority[Symbol.asyncDispose]()
})

/** Starts a step that says `pids …` once they run; gives them and the running executor. */
async function running(step: TestStep, executor = sshExecutor(quick)) {
  const request = await prepareRun(target, authority, step)
  const seen = observeRun()
  const kill = new AbortController()
  const outcome = executor.run(request, seen, kill.signal)
  await seen.until('\n')
  const pids = seen.text().trim().split(' ').map(Number)
  return { seen, kill, outcome, pids }
}

const self = 'echo $BASHPID'
const child = 'exec sleep 1000'

const hardToKill = {
  'a foreground child': `sleep 1000 & echo $!; wait`,
  'a shell that ignores signals': `trap '' TERM HUP INT QUIT; ${self}; while :; do sleep 1; done`,
  nohup: `nohup sleep 1000 >/dev/null 2>&1 & echo $!; wait`,
  setsid: `setsid sh -c 'echo $$; ${child}' & wait`,
  'a double fork': `( ( setsid sh -c 'echo $$; ${child} >/dev/null 2>&1' & ) & ); sleep 1000`,
  'a clean environment in a session of its own': `( env -i setsid sh -c 'echo $$; ${child} >/dev/null 2>&1' & ); sleep 1000`,
  'what the shell no longer knows': `sleep 1000 & p=$!; disown -a; echo $p $$; sleep 1000`,
  'something stopped': `sleep 1000 & kill -STOP $!; echo $!; wait`,
  'what keeps forking': `f() { (sleep 0.01; f) & }; f; f; f; echo $$; sleep 1000`,
}

describe('a kill is confirmed, and true', () => {
  test.for(Object.entries(hardToKill))('%s', async ([, bytes]) => {
    const { kill, outcome, pids } = await running({ bytes })
    expect(pids.length).toBeGreaterThan(0)
    kill.abort()
    expect(await outcome).toEqual({ result: 'killed', reason: 'asked', confirmed: true, survivors: 0 })
    expect(await Promise.all(pids.map(isRunning))).not.toContain(true)
  })
})

describe('what the target does alone', () => {
  test('it ends the step at its deadline while our client stands still', async () => {
    const before = new Set(await childrenRunning('ssh'))
    const { outcome, pids } = await running({ bytes: 'setsid sleep 1000 & echo $! $$; wait', maxSeconds: 1 })
    const clients = (await childrenRunning('ssh')).filter((pid) => !before.has(pid))
    expect(clients).toHaveLength(1)
    for (const pid of clients) process.kill(pid, 'SIGSTOP')
    await allEnded(pids)
    for (const pid of clients) process.kill(pid, 'SIGCONT')
    expect(await outcome).toEqual({ result: 'killed', reason: 'deadline', confirmed: true, survivors: 0 })
  })

  test('a supervisor that stands still is given up, and what became of the step is not called ended', async () => {
    const impatient = sshExecutor({ ...quick, graceMilliseconds: 500 })
    const bytes = 'setsid sleep 1000 & echo $! $$ $PPID; wait'
    const { outcome, pids } = await running({ bytes, maxSeconds: 1 }, impatient)
    const [supervisor = 0] = pids.splice(2)
    process.kill(supervisor, 'SIGSTOP')
    expect(await outcome).toEqual({ result: 'killed', reason: 'deadline', confirmed: false, survivors: 0 })
    expect(await Promise.all(pids.map(isRunning))).toEqual([true, true])
    process.kill(supervisor, 'SIGCONT')
    await allEnded(pids)
  })

  test('time in which our own store takes nothing is not the target’s', async () => {
    const impatient = sshExecutor({ ...quick, graceMilliseconds: 500 })
    const size = 2 * 1024 * 1024
    const bytes = `head -c ${size} /dev/zero`
    const request = await prepareRun(target, authority, { bytes, maxSeconds: 1 })
    const seen = observeRun()
    const slow = {
      onStart: seen.onStart,
      async onOutput(...piece: Parameters<typeof seen.onOutput>) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        await seen.onOutput(...piece)
      },
    }
    expect(await impatient.run(request, slow, new AbortController().signal)).toEqual({ result: 'succeeded' })
    expect(seen.bytes('stdout').length).toBe(size)
  })

  test('it ends the step when our client is gone', async () => {
    const before = new Set(await childrenRunning('ssh'))
    const { outcome, pids } = await running({ bytes: 'setsid sleep 1000 & echo $! $$; wait' })
    for (const pid of await childrenRunning('ssh')) if (!before.has(pid)) process.kill(pid, 'SIGKILL')
    expect(await outcome).toEqual({ result: 'unknown', reason: 'connection-lost' })
    await allEnded(pids)
  })

  test('it ends the step when it hears nothing from us', async () => {
    const silent = sshExecutor({ ...quick, heartbeatMilliseconds: 1_000_000 })
    const { outcome, pids } = await running(
      { bytes: 'setsid sleep 1000 & echo $! $$; wait', silenceSeconds: 1 },
      silent,
    )
    expect(await outcome).toEqual({ result: 'killed', reason: 'lifeline', confirmed: true, survivors: 0 })
    await allEnded(pids)
  })

  test('a heartbeat keeps a step alive beyond that time', async () => {
    const lively = sshExecutor({ ...quick, heartbeatMilliseconds: 100 })
    const { outcome } = await running({ bytes: 'echo 1; sleep 2.5; exit 4', silenceSeconds: 1 }, lively)
    expect(await outcome).toEqual({ result: 'failed', exit: 4, signal: null })
  })

  test('what a step leaves behind is ended and named', async () => {
    const { outcome, pids, seen } = await running({
      bytes: 'sleep 1000 & setsid sleep 1000 & echo $(jobs -p)',
    })
    expect(await outcome).toEqual({ result: 'succeeded' })
    expect(seen.text('control')).toBe(`left running and ended: ${pids.join(' ')}\n`)
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false])
  })
})

describe.skipIf(process.getuid?.() !== 0)('a login shell, which only root can choose here', () => {
  test('that lets us in and says nothing is given up before anything started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chaperone-shell-'))
    const shell = join(folder, 'silent')
    await chmod(folder, 0o755)
    await writeFile(shell, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 })
    await using silent = await startSshd({ targetId: 'web-1', ca: [authority.blob], shell })
    const request = await prepareRun(silent, authority, { bytes: 'echo 1' })
    const impatient = sshExecutor({ ...quick, startMilliseconds: 2000 })
    const outcome = await impatient.run(request, observeRun(), new AbortController().signal)
    expect(outcome).toEqual({ result: 'unknown', reason: 'connection-lost' })
    await rm(folder, { recursive: true })
  })
})

describe.skipIf(process.getuid?.() !== 0)('processes of root, which only root can make here', () => {
  /** Lets the account become root, as sudo would. */
  async function becomeRoot(): Promise<string> {
    const path = join(target.home, 'become-root')
    await copyFile('/usr/bin/setpriv', path)
    await chown(path, 0, 0)
    await chmod(path, 0o4755)
    return `${path} --reuid=0 --regid=0 --clear-groups`
  }

  test('survivors of a kill are counted and it is not confirmed', async () => {
    const bytes = `${await becomeRoot()} sh -c 'echo $$; exec sleep 1000' & wait`
    const { kill, outcome, pids } = await running({ bytes })
    kill.abort()
    expect(await outcome).toEqual({ result: 'killed', reason: 'asked', confirmed: false, survivors: 1 })
    expect(await Promise.all(pids.map(isRunning))).toEqual([true])
    for (const pid of pids) process.kill(pid, 'SIGKILL')
  })

  test('a daemon that a step leaves as root is named and the exit status kept', async () => {
    const bytes = `setsid ${await becomeRoot()} sh -c 'echo $$; echo >${target.home}/started; exec sleep 1000 >/dev/null 2>&1' & until [ -e ${target.home}/started ]; do :; done; exit 5`
    const { outcome, pids, seen } = await running({ bytes })
    expect(await outcome).toEqual({ result: 'failed', exit: 5, signal: null })
    expect(seen.text('control')).toContain(`still running: ${pids.join(' ')}\n`)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
  })
})
