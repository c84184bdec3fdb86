import type { Outcome } from '@chaperone/domain'
import { equalBytes } from '@chaperone/encoding'
import type { CommandExecutor, ExecutionObserver, ExecutionRequest } from '@chaperone/usecases'

export type FakeEnd =
  | { readonly exit: number }
  | { readonly signal: number }
  /** The connection is gone and with it what is known. */
  | 'lost'

/** What a fake target does with a step: pieces of output, then an end. It is left where it is when the run is killed. */
export type FakePlay = (
  step: Uint8Array,
  files: readonly Uint8Array[],
  kill: AbortSignal,
) => AsyncGenerator<readonly ['stdout' | 'stderr', Uint8Array], FakeEnd>

export interface FakeTarget {
  /** Where it can be reached, `address:port`. */
  readonly at: string
  readonly hostKey: Uint8Array
  readonly play: FakePlay
}

/** A `CommandExecutor` for targets that are functions: it passes the contract and has no clock, process or network. */
export function fakeExecutor(targets: readonly FakeTarget[]): CommandExecutor {
  const ran = new Set<string>()
  return {
    async run(request, observer, kill) {
      if (kill.aborted) return notStarted('killed-before-start')
      const target = targets.find(({ at }) => at === `${request.address}:${request.port}`)
      if (target === undefined) return notStarted('unreachable')
      if (!request.hostKeys.some((key) => equalBytes(key, target.hostKey)))
        return notStarted('host-key-refused')
      if (ran.has(request.runId)) return notStarted('already-ran')
      ran.add(request.runId)
      observer.onStart(0)
      return performed(target.play, request, observer, kill)
    },
  }
}

function notStarted(reason: string): Outcome {
  return { result: 'not-started', reason }
}

async function performed(
  play: FakePlay,
  request: ExecutionRequest,
  observer: ExecutionObserver,
  kill: AbortSignal,
): Promise<Outcome> {
  const [step = new Uint8Array(), ...files] = request.parts
  const playing = play(step, files, kill)
  const killed = new Promise<'killed'>((resolve) => {
    kill.addEventListener('abort', () => resolve('killed'), { once: true })
  })
  for (;;) {
    const next = await Promise.race([playing.next(), killed])
    if (next === 'killed') return { result: 'killed', reason: 'asked', confirmed: true, survivors: 0 }
    if (next.done === true) return outcomeOf(next.value)
    await observer.onOutput(...next.value)
  }
}

function outcomeOf(end: FakeEnd): Outcome {
  if (end === 'lost') return { result: 'unknown', reason: 'connection-lost' }
  if ('signal' in end) return { result: 'failed', exit: null, signal: end.signal }
  return end.exit === 0 ? { result: 'succeeded' } : { result: 'failed', exit: end.exit, signal: null }
}
