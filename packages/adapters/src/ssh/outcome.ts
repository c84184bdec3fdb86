import type { Outcome } from '@chaperone/domain'
import type { RunnerEnd } from '@chaperone/runner'
import type { ExecutionRequest } from '@chaperone/usecases'

/** What was heard of one run. */
export interface Heard {
  readonly request: ExecutionRequest
  started: boolean
  end: RunnerEnd | undefined
  notStarted: string | undefined
  /** The runner's output was not a runner's. */
  malformed: string | undefined
  killAsked: boolean
}

/**
 * What is known, and no more than that. `clientExit` is the exit status of the SSH client, null when it was killed;
 * `words` is its own log, in which nothing of the target's stands.
 */
export function outcomeOf(heard: Heard, clientExit: number | null, words: string): Outcome {
  const { started, end, notStarted, malformed, killAsked } = heard
  if (malformed !== undefined) return unknown(started ? 'runner-output-malformed' : 'start-line-missing')
  if (end !== undefined && started) return endOf(end)
  if (notStarted !== undefined) return { result: 'not-started', reason: notStarted }
  if (started) return killAsked ? killed('asked', false, 0) : unknown('connection-lost')
  const refused = clientExit === 255 ? refusedBefore(words) : undefined
  if (refused !== undefined) return { result: 'not-started', reason: refused }
  // Somebody answered and it was not the runner: a forced command of the target's own may have run instead of it.
  return unknown(clientExit === 255 || clientExit === null ? 'connection-lost' : 'start-line-missing')
}

function endOf(end: RunnerEnd): Outcome {
  switch (end.how) {
    case 'exit':
      return end.exit === 0 ? { result: 'succeeded' } : { result: 'failed', exit: end.exit, signal: null }
    case 'signal':
      return { result: 'failed', exit: null, signal: end.signal }
    case 'killed':
      return killed(end.reason, end.survivors.length === 0, end.survivors.length)
  }
}

function killed(reason: 'asked' | 'deadline' | 'lifeline', confirmed: boolean, survivors: number): Outcome {
  return { result: 'killed', reason, confirmed, survivors }
}

function unknown(reason: string): Outcome {
  return { result: 'unknown', reason }
}

/** The client's own words for ends before anything of ours could be sent. */
const before: readonly (readonly [RegExp, string])[] = [
  [/Host key verification failed/, 'host-key-refused'],
  [/Permission denied|agent refused|no mutual signature|Too many authentication failures/i, 'login-refused'],
  [
    /Connection refused|No route to host|Network is unreachable|Could not resolve|Connection timed out during banner|connect to host .* timed out/i,
    'unreachable',
  ],
  [
    /Connection (closed|reset) by .* \[preauth\]|kex_exchange_identification|Unable to negotiate/i,
    'unreachable',
  ],
]

function refusedBefore(words: string): string | undefined {
  return before.find(([pattern]) => pattern.test(words))?.[1]
}
