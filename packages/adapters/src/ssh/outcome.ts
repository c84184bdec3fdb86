import type { Outcome } from '@chaperone/domain'
import type { RunnerEnd } from '@chaperone/runner'

/** What was said and heard of one run. */
export interface Heard {
  /** Any of the step's bytes may have left this machine. */
  sentAny: boolean
  sentAll: boolean
  started: boolean
  end: RunnerEnd | undefined
  notStarted: string | undefined
  /** The runner's output was not a runner's. */
  malformed: string | undefined
  killAsked: boolean
  /** We gave up waiting for a runner that should have ended the step long before. */
  gaveUp: boolean
}

export function nothingHeard(): Heard {
  return {
    sentAny: false,
    sentAll: false,
    started: false,
    end: undefined,
    notStarted: undefined,
    malformed: undefined,
    killAsked: false,
    gaveUp: false,
  }
}

/**
 * What is known, and no more than that. `clientExit` is the exit status of the SSH client, null when it was killed;
 * `words` is its own log, undefined when that cannot be read.
 */
export function outcomeOf(heard: Heard, clientExit: number | null, words: string | undefined): Outcome {
  const { sentAny, started, end, notStarted, malformed, killAsked, gaveUp } = heard
  if (malformed !== undefined) return unknown(started ? 'runner-output-malformed' : 'start-line-missing')
  if (end !== undefined) return endOf(end, killAsked)
  if (notStarted !== undefined) return refused(notStarted, killAsked)
  if (started && killAsked) return killed('asked', false, 0)
  if (started) return gaveUp ? killed('deadline', false, 0) : unknown('connection-lost')
  if (sentAny) return unknown('connection-lost')
  // The step's bytes are all still here.
  if (killAsked) return { result: 'not-started', reason: 'killed-before-start' }
  // An empty log proves nothing: it may be that it could not be written.
  if (words !== undefined && words !== '' && !loggedIn.test(words))
    return { result: 'not-started', reason: reasonIn(words) }
  // Somebody let us in and it was not the runner: a forced command of the target's own may have run instead of it.
  return unknown(clientExit === 255 || clientExit === null ? 'connection-lost' : 'start-line-missing')
}

function endOf(end: RunnerEnd, killAsked: boolean): Outcome {
  switch (end.how) {
    case 'exit':
      return end.exit === 0 ? { result: 'succeeded' } : { result: 'failed', exit: end.exit, signal: null }
    case 'signal':
      return { result: 'failed', exit: null, signal: end.signal }
    case 'killed': {
      // Whoever asks and is not heard drops the lifeline: it is the same wish.
      const reason = killAsked && end.reason === 'lifeline' ? 'asked' : end.reason
      return killed(reason, end.confirmed, end.survivors.length)
    }
  }
}

function refused(reason: string, killAsked: boolean): Outcome {
  const cutShort = killAsked && reason === 'truncated'
  return { result: 'not-started', reason: cutShort ? 'killed-before-start' : reason }
}

function killed(reason: 'asked' | 'deadline' | 'lifeline', confirmed: boolean, survivors: number): Outcome {
  return { result: 'killed', reason, confirmed, survivors }
}

function unknown(reason: string): Outcome {
  return { result: 'unknown', reason }
}

const loggedIn = /^Authenticated to /m

/** The client's own words for ends before it was let in. */
const before: readonly (readonly [RegExp, string])[] = [
  [/^Host key verification failed/m, 'host-key-refused'],
  [/Permission denied \(|agent refused|Too many authentication failures/i, 'login-refused'],
  [
    /Connection refused|No route to host|Network is unreachable|Could not resolve|timed out|Connection (closed|reset) by|kex_exchange_identification|Unable to negotiate/i,
    'unreachable',
  ],
]

function reasonIn(words: string): string {
  return before.find(([pattern]) => pattern.test(words))?.[1] ?? 'connection-failed'
}
