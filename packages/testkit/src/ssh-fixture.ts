import type { Outcome } from '@chaperone/domain'
import type { CommandExecutor, ExecutionRequest } from '@chaperone/usecases'
import { observeRun, type ObservedRun } from './observed-run.ts'
import { prepareRun, type TestStep } from './prepare-run.ts'
import { startSshd, type SshdOptions, type SshTarget } from './start-sshd.ts'
import { testAuthority, type TestAuthority } from './test-certificate.ts'

/** A target `web-1` and the authority that it trusts. */
export interface SshFixture extends AsyncDisposable {
  readonly authority: TestAuthority
  readonly target: SshTarget
  /** Another target that trusts the same authority; the caller stops it. */
  start(options?: Partial<SshdOptions>): Promise<SshTarget>
  /** Runs a step to its end, after a change to what is asked for. */
  runOn(
    target: SshTarget,
    step: TestStep,
    change?: (request: ExecutionRequest) => ExecutionRequest,
  ): Promise<{ readonly outcome: Outcome; readonly seen: ObservedRun }>
}

export async function sshFixture(executor: CommandExecutor): Promise<SshFixture> {
  const authority = await testAuthority()
  const start = (options: Partial<SshdOptions> = {}) =>
    startSshd({ targetId: 'web-1', ca: [authority.blob], ...options })
  const target = await start()
  return {
    authority,
    target,
    start,
    async runOn(on, step, change = (request) => request) {
      const seen = observeRun()
      const request = change(await prepareRun(on, authority, step))
      return { outcome: await executor.run(request, seen, new AbortController().signal), seen }
    },
    async [Symbol.asyncDispose]() {
      await target.stop()
      await authority[Symbol.asyncDispose]()
    },
  }
}
