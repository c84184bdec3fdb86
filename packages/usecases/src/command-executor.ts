import type { RunId } from '@chaperone/encoding'
import type { Outcome } from '@chaperone/domain'

/**
 * Runs one step on one target. Every implementation must hold to this (`commandExecutorContract` checks it):
 * - the target receives exactly the parts, in order; nothing is quoted, trimmed or expanded;
 * - no byte of them is sent before the host key is one of `hostKeys` or vouched for by `hostAuthorities`;
 * - `onOutput` sees each stream's bytes in the order they arrived, all before the promise settles, and holds back the
 *   run while what it returned is pending;
 * - aborting `kill` ends everything the step started; the outcome says whether that was confirmed;
 * - it waits for no target without end: one that says nothing of a step's end at `maxSeconds` and some is left, and the
 *   outcome is `killed(deadline, unconfirmed)`;
 * - it never runs anything twice, and resolves whatever the network does: `not-started` only when it is proven that
 *   nothing ran, `unknown` whenever an end is not proven. It rejects on a bug of ours only.
 * Whoever controls it can withhold, and can run what a certificate allows once; the certificate allows these bytes only.
 */
export interface CommandExecutor {
  run(request: ExecutionRequest, observer: ExecutionObserver, kill: AbortSignal): Promise<Outcome>
}

export interface ExecutionRequest {
  readonly address: string
  readonly port: number
  readonly account: string
  readonly targetId: string
  /** SSH public key blobs. */
  readonly hostKeys: readonly Uint8Array[]
  readonly hostAuthorities: readonly Uint8Array[]
  /** The one-shot agent that holds the certificate. */
  readonly agentSocket: string
  readonly runId: RunId
  /** The step's bytes, then its files. */
  readonly parts: readonly Uint8Array[]
  /** How long the step may run, as its certificate says; the target ends it then. */
  readonly maxSeconds: number
}

export interface ExecutionObserver {
  /** The runner has checked everything and says it starts the interpreter; target time in seconds since 1970. */
  onStart(targetTime: number): void
  /** `control` is what the runner says of the run, such as which processes were left: never the step's own bytes. */
  onOutput(stream: 'stdout' | 'stderr' | 'control', bytes: Uint8Array): Promise<void>
}
