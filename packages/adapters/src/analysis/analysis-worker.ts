import { parentPort } from 'node:worker_threads'
import { analyseInOrder } from '@chaperone/usecases'
import type { AnalysisJob, AnalysisReport } from './analysis-job.ts'

/** The thread of an analyst: it holds nothing between jobs and may be ended at any moment. */
const tell = (report: AnalysisReport) => parentPort?.postMessage(report)

parentPort?.on('message', ({ steps, declared, skip }: AnalysisJob) => {
  for (const [step, analysis] of analyseInOrder(steps, declared, new Set(skip))) tell({ step, analysis })
  tell('done')
})
tell('ready')
