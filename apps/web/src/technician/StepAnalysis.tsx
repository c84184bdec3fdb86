import { useMemo } from 'react'
import { fromBase64 } from '@chaperone/encoding'
import { AnalysisPanel } from '../analysis/AnalysisPanel.tsx'
import { ExplainedCode } from '../analysis/ExplainedCode.tsx'
import type { Told } from './use-draft-analysis.ts'

/** What the escort will be told of a step, while it can still be changed. */
export function StepAnalysis({ told, name }: { readonly told: Told | undefined; readonly name: string }) {
  const bytes = useMemo(() => fromBase64(told?.bytes ?? '') ?? new Uint8Array(), [told?.bytes])
  if (told === undefined) return null
  return (
    <div className="stack step-analysis">
      <p className="small dim">What the escort will be told:</p>
      <AnalysisPanel analysis={told.analysis} name={name} ask={undefined} />
      <details>
        <summary>Word by word</summary>
        <ExplainedCode
          bytes={bytes}
          analysis={told.analysis}
          label={`${name}, word by word`}
          folds="at-first"
        />
      </details>
    </div>
  )
}
