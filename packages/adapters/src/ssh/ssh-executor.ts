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
}

const defaultHeartbeat = 3000

/** `CommandExecutor` by the OpenSSH client, one connection a run, with the runner of spec/runner.md at the other end. */
export function sshExecutor(options: SshExecutorOptions = {}): CommandExecutor {
  const { kexAlgorithms, heartbeatMilliseconds = defaultHeartbeat } = options
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
      const heard = await converse(client, request, observer, kill, heartbeatMilliseconds)
      return outcomeOf(heard, client.exitCode, await files.words())
    },
  }
}
