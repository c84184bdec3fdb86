import { Worker } from 'node:worker_threads'
import type { Analysis } from '@chaperone/analysis'
import type { NotAnalysed } from '@chaperone/usecases'
import type { AnalysisJob, AnalysisReport } from './analysis-job.ts'

/** Why a job did not come to its end, and which step was being analysed. */
export interface EndedEarly {
  readonly step: number
  readonly reason: NotAnalysed
}

/** One thread's place in the pool; whoever ends in it is followed by another. */
export interface AnalysisThread {
  ready(): Promise<void>
  /** One job at a time. Resolves with nothing when it was done, and soon after `deadline` at the latest. */
  run(
    job: AnalysisJob,
    deadline: number,
    onAnalysis: (step: number, analysis: Analysis) => void,
  ): Promise<EndedEarly | undefined>
  end(): Promise<void>
}

type Alarm = (code: string, facts: Readonly<Record<string, unknown>>) => void

const startMilliseconds = 10_000
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 }

export function analysisThread(source: URL, stepMilliseconds: number, alarm: Alarm): AnalysisThread {
  let started = start(source, alarm)

  async function replace(worker: Worker): Promise<void> {
    await worker.terminate()
    started = start(source, alarm)
  }

  return {
    async ready() {
      await started
    },
    async run(job, deadline, onAnalysis) {
      const worker = await started
      // It may have ended between two jobs: the id is -1 from then on.
      if (worker === undefined || worker.threadId === -1) {
        started = start(source, alarm)
        return { step: firstOf(job), reason: 'analysis-failed' }
      }
      const ended = await work(worker, job, { deadline, stepMilliseconds }, onAnalysis)
      if (ended === undefined) return undefined
      if (ended.reason === 'analysis-failed') alarm('analysis-failed', { step: ended.step })
      await replace(worker)
      return ended
    },
    async end() {
      await (await started)?.terminate()
    },
  }
}

/** A loaded worker, or `undefined` where it cannot be loaded. It alone keeps no process alive. */
function start(source: URL, alarm: Alarm): Promise<Worker | undefined> {
  const worker = new Worker(source, { resourceLimits, env: {}, execArgv: [] })
  worker.unref()
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(undefined, 'not loaded in time'), startMilliseconds)
    let settled = false
    const settle = (loaded: Worker | undefined, why = '') => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      worker.off('message', onMessage)
      if (loaded === undefined) alarm('analysis-unavailable', { why })
      resolve(loaded)
    }
    const onMessage = (report: AnalysisReport) => (report === 'ready' ? settle(worker) : undefined)
    worker.on('message', onMessage)
    // Stays: a worker that ends between two jobs must not take the process with it.
    worker.on('error', (error) => settle(undefined, String(error)))
    worker.on('exit', () => settle(undefined, 'ended while loading'))
  })
}

interface Times {
  readonly deadline: number
  readonly stepMilliseconds: number
}

function work(
  worker: Worker,
  job: AnalysisJob,
  { deadline, stepMilliseconds }: Times,
  onAnalysis: (step: number, analysis: Analysis) => void,
): Promise<EndedEarly | undefined> {
  return new Promise((resolve) => {
    let at = firstOf(job)
    let timer: NodeJS.Timeout | undefined
    const settle = (ended: EndedEarly | undefined) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onFailure).off('exit', onFailure)
      resolve(ended)
    }
    const watch = () => {
      clearTimeout(timer)
      const left = Math.max(0, Math.min(stepMilliseconds, deadline - performance.now()))
      timer = setTimeout(() => settle({ step: at, reason: 'analysis-timed-out' }), left)
    }
    const onFailure = () => settle({ step: at, reason: 'analysis-failed' })
    const onMessage = (report: AnalysisReport) => {
      if (report === 'done') return settle(undefined)
      if (report === 'ready') return
      onAnalysis(report.step, report.analysis)
      at = nextOf(job, report.step)
      watch()
    }
    worker.on('message', onMessage).on('error', onFailure).on('exit', onFailure)
    watch()
    worker.postMessage(job)
  })
}

const firstOf = (job: AnalysisJob): number => nextOf(job, -1)

function nextOf({ skip }: AnalysisJob, step: number): number {
  let next = step + 1
  while (skip.includes(next)) next++
  return next
}
