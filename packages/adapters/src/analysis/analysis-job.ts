import type { Analysis } from '@chaperone/analysis'
import type { DeclaredEffect } from '@chaperone/domain'
import type { StepToAnalyse } from '@chaperone/usecases'

/** The steps of one order. */
export interface AnalysisJob {
  readonly steps: readonly StepToAnalyse[]
  readonly declared: readonly DeclaredEffect[]
  /** Steps that cost a worker its life. */
  readonly skip: readonly number[]
}

/** What a worker says: that it is loaded, each analysis as it is made, and that a job is done. */
export type AnalysisReport = 'ready' | { readonly step: number; readonly analysis: Analysis } | 'done'
