import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { RunnerReader } from '@chaperone/runner'
import type { CommandExecutor, ExecutionObserver, ExecutionRequest } from '@chaperone/usecases'
import { clientFiles } from './client-files.ts'
import { outcomeOf, type Heard } from './outcome.ts'

export interface SshExecutorOptions {
  /** For the client's `KexAlgorithms`; OpenSSH's own choice when unset. */
  readonly kexAlgorithms?: string | undefined
  /** How often the runner is told that we are still here. */
  readonly heartbeatMilliseconds?: number
}

const defaultHeartbeat = 3000
const killPatience = 3000
const closePatience = 2000

/** `CommandExecutor` by the OpenSSH client, one connection a run, with the runner of spec/runner.md at the other end. */
export function sshExecutor(options: SshExecutorOptions = {}): CommandExecutor {
  return {
    async run(request, observer, kill) {
      if (kill.aborted) return { result: 'not-started', reason: 'killed-before-start' }
      await using files = await clientFiles(request, options.kexAlgorithms)
      const client = spawn('ssh', ['-F', files.config, '-E', files.log, 'target', 'chaperone'], {
        stdio: 'pipe',
        env: { PATH: '/usr/bin:/bin' },
      })
      const heartbeat = options.heartbeatMilliseconds ?? defaultHeartbeat
      const heard = await converse(client, request, observer, kill, heartbeat)
      const words = await readFile(files.log, 'utf8').catch(() => '')
      return outcomeOf(heard, client.exitCode, words)
    },
  }
}

async function converse(
  client: ChildProcessWithoutNullStreams,
  request: ExecutionRequest,
  observer: ExecutionObserver,
  kill: AbortSignal,
  heartbeat: number,
): Promise<Heard> {
  const heard: Heard = {
    request,
    started: false,
    end: undefined,
    notStarted: undefined,
    malformed: undefined,
    killAsked: false,
  }
  const closed = once(client, 'close').then(
    () => client.exitCode,
    () => null,
  )
  client.stdin.on('error', () => undefined) // a connection that is gone shows in the outcome
  client.stderr.resume() // a banner or a login shell's complaint: never the step's output
  const talking = new AbortController()
  const sent = send(client, request, heartbeat, talking.signal)
  const killing = onceAborted(kill, talking.signal).then((asked) =>
    asked ? askToKill(client, heard) : undefined,
  )
  await listen(client, heard, observer)
  talking.abort()
  client.stdin.end()
  await Promise.race([closed, sleep(closePatience)])
  if (client.exitCode === null && client.signalCode === null) client.kill('SIGKILL')
  await Promise.all([closed, sent, killing])
  return heard
}

/** The bytes, then a word now and then for as long as the step runs. */
async function send(
  client: ChildProcessWithoutNullStreams,
  request: ExecutionRequest,
  heartbeat: number,
  over: AbortSignal,
): Promise<void> {
  for (const part of request.parts) {
    if (over.aborted || !client.stdin.writable) return
    if (!client.stdin.write(part))
      await Promise.race([once(client.stdin, 'drain', { signal: over }), once(client, 'close')]).catch(
        () => undefined,
      )
  }
  while (!over.aborted) {
    await sleep(heartbeat, undefined, { signal: over }).catch(() => undefined)
    if (!over.aborted && client.stdin.writable) client.stdin.write('H\n')
  }
}

function onceAborted(signal: AbortSignal, over: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(true)
    signal.addEventListener('abort', () => resolve(true), { once: true })
    over.addEventListener('abort', () => resolve(false), { once: true })
  })
}

/** Asks the runner; then drops the lifeline; then ends the client: each a weaker way of saying the same. */
async function askToKill(client: ChildProcessWithoutNullStreams, heard: Heard): Promise<void> {
  heard.killAsked = true
  const gone = once(client, 'close').catch(() => undefined)
  client.stdin.write('K\n')
  await Promise.race([gone, sleep(killPatience)])
  if (client.exitCode !== null || client.signalCode !== null) return
  client.stdin.end()
  await Promise.race([gone, sleep(closePatience)])
  if (client.exitCode === null && client.signalCode === null) client.kill('SIGKILL')
}

/** Until the other side closes, or says something that no runner says. */
async function listen(
  client: ChildProcessWithoutNullStreams,
  heard: Heard,
  observer: ExecutionObserver,
): Promise<void> {
  const reader = new RunnerReader()
  try {
    for await (const bytes of client.stdout as AsyncIterable<Buffer>) {
      const records = reader.push(bytes)
      if (!records.ok) {
        heard.malformed = records.error.what
        return
      }
      for (const record of records.value) {
        switch (record.kind) {
          case 'start':
            if (record.run !== heard.request.runId) heard.malformed = 'other-run'
            heard.started = true
            observer.onStart(record.targetTime)
            break
          case 'output':
            await observer.onOutput(record.stream, record.bytes)
            break
          case 'left':
            await observer.onOutput(
              'stderr',
              Buffer.from(`chaperone: left running and ended: ${record.pids.join(' ')}\n`),
            )
            break
          case 'end':
            heard.end = record.end
            break
          case 'not-started':
            heard.notStarted = record.reason
            break
          case 'hello':
            break
        }
      }
    }
  } catch {
    // A stream that breaks is a connection that is gone.
  }
}
