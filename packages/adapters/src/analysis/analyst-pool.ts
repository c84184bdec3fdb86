import { availableParallelism } from 'node:os'
import type { Analysis } from '@chaperone/analysis'
import { unanalysed, type Analyst, type NotAnalysed } from '@chaperone/usecases'
import type { AnalysisJob } from './analysis-job.ts'
import { analysisThread, type AnalysisThread } from './analysis-thread.ts'

export interface AnalystPoolOptions {
  /** Threads; as many as there are cores, and no more than four, unless told otherwise. */
  readonly size?: number
  /** How long one step may take. */
  readonly stepMilliseconds?: number
  /** How long all steps of one order may take together. */
  readonly orderMilliseconds?: number
  /** What runs in a thread. */
  readonly worker?: URL
  /** Hears of threads that ended by themselves. */
  readonly alarm?: (code: string, facts: Readonly<Record<string, unknown>>) => void
}

export interface AnalystPool extends Analyst, AsyncDisposable {
  /** Resolves when every thread is loaded. */
  ready(): Promise<void>
}

/**
 * Analyses in threads of its own, so that a step which takes for ever holds up nobody else: its thread is ended, and
 * what it does counts as what cannot be known.
 */
export function analystPool(options: AnalystPoolOptions = {}): AnalystPool {
  const { size = Math.min(availableParallelism(), 4), orderMilliseconds = 10_000 } = options
  const threads = Array.from({ length: size }, () => startThread(options))
  const free = [...threads]
  const waiting: ((thread: AnalysisThread) => void)[] = []

  function give(thread: AnalysisThread): void {
    const next = waiting.shift()
    if (next === undefined) free.push(thread)
    else next(thread)
  }

  return {
    async ready() {
      await Promise.all(threads.map((thread) => thread.ready()))
    },
    async analyse(steps, declared) {
      const thread = free.pop() ?? (await new Promise<AnalysisThread>((resolve) => waiting.push(resolve)))
      try {
        return await analyseBy(thread, { steps, declared, skip: [] }, performance.now() + orderMilliseconds)
      } finally {
        give(thread)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map((thread) => thread.end()))
    },
  }
}

function startThread({ worker, stepMilliseconds = 2000, alarm }: AnalystPoolOptions): AnalysisThread {
  const source = worker ?? new URL('analysis-worker.ts', import.meta.url)
  return analysisThread(source, stepMilliseconds, alarm ?? (() => undefined))
}

/** Runs a job again without the step that ended it, until every step has an analysis or the order's time is over. */
async function analyseBy(
  thread: AnalysisThread,
  job: AnalysisJob,
  deadline: number,
): Promise<readonly Analysis[]> {
  const found = new Map<number, Analysis>()
  const skip: number[] = []
  let failed: NotAnalysed | undefined
  while (found.size < job.steps.length && performance.now() < deadline) {
    const ended = await thread.run({ ...job, skip }, deadline, (step, analysis) => found.set(step, analysis))
    if (ended === undefined) break
    failed = ended.reason
    const step = job.steps[ended.step]
    if (step === undefined) break
    skip.push(ended.step)
    if (!found.has(ended.step)) found.set(ended.step, unanalysed(step, failed))
  }
  return job.steps.map((step, i) => found.get(i) ?? unanalysed(step, failed ?? 'analysis-timed-out'))
}
