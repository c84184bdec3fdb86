import { spawn } from 'node:child_process'
import type { CommandExecutor } from '@chaperone/usecases'
import { clientFiles } from './client-files.ts'
import { converse } from './converse.ts'
import { outcomeOf } from './outcome.ts'

export interface SshExecutorOptions {
  /** For the client's `KexAlgorithms`; OpenSSH's own choice when unset. */
  readonly kexAlgorithms?: string | undefined
  /** How often the runner is told that we are still here. */
  readonly heartbeatMilliseconds?: number
  /** How long a target may take until the step starts, its bytes on their way included. */
  readonly startMilliseconds?: number
  /** How long beyond a step's maximum we wait for a runner to say how it ended: its silence of 10 s, and more. */
  readonly graceMilliseconds?: number
}

const defaultHeartbeat = 3000
const defaultStart = 300_000
const defaultGrace = 30_000

/** `CommandExecutor` by the OpenSSH client, one connection a run, with the runner of spec/runner.md at the other end. */
export function sshExecutor(options: SshExecutorOptions = {}): CommandExecutor {
  const { kexAlgorithms } = options
  const patience = {
    heartbeat: options.heartbeatMilliseconds ?? defaultHeartbeat,
    start: options.startMilliseconds ?? defaultStart,
    grace: options.graceMilliseconds ?? defaultGrace,
  }
  return {
    async run(request, observer, kill) {
      if (kill.aborted) return { result: 'not-started', reason: 'killed-before-start' }
      // Nothing has left this machine yet: a full disk or a missing client is no unknown fate.
      await using files = await clientFiles(request, kexAlgorithms).catch(() => undefined)
      if (files === undefined) return { result: 'not-started', reason: 'client-not-prepared' }
      const client = spawn('ssh', ['-F', files.config, '-E', files.log, 'target', 'chaperone'], {
        stdio: 'pipe',
        cwd: '/',
        env: { PATH: '/usr/bin:/bin' },
      })
      client.on('error', () => undefined) // shows in that there is no pid
      if (client.pid === undefined) return { result: 'not-started', reason: 'client-missing' }
      const heard = await converse(client, request, observer, kill, patience)
      return outcomeOf(heard, client.exitCode, await files.words())
    },
  }
}
