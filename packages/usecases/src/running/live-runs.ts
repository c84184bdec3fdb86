import type { RunId } from '@chaperone/encoding'
import type { OutputRecorder } from './record-output.ts'

/** The runs that this process holds, so that a click can reach them at once. */
export interface LiveRuns {
  begin(run: RunId, recorder: OutputRecorder): AbortSignal
  end(run: RunId): void
  /** False: not here; whoever holds it learns from the log. */
  kill(run: RunId): boolean
  recorder(run: RunId): OutputRecorder | undefined
  killAll(): void
  count(): number
}

export function liveRuns(): LiveRuns {
  const runs = new Map<RunId, { readonly recorder: OutputRecorder; readonly abort: AbortController }>()
  return {
    begin(run, recorder) {
      const abort = new AbortController()
      runs.set(run, { recorder, abort })
      return abort.signal
    },
    end: (run) => void runs.delete(run),
    kill(run) {
      const live = runs.get(run)
      live?.abort.abort()
      return live !== undefined
    },
    recorder: (run) => runs.get(run)?.recorder,
    killAll() {
      for (const live of runs.values()) live.abort.abort()
    },
    count: () => runs.size,
  }
}
