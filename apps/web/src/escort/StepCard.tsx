import { Button, Checkbox } from '@mantine/core'
import { useMemo } from 'react'
import { fromBase64 } from '@chaperone/encoding'
import type { Review, ReviewStep } from '@chaperone/contract'
import { AnalysisPanel } from '../analysis/AnalysisPanel.tsx'
import { ExplainedCode } from '../analysis/ExplainedCode.tsx'
import { capital } from '../parts/Actions.tsx'
import { LevelBadge } from '../parts/Badges.tsx'
import { formatBytes, formatDuration } from '../parts/format-time.ts'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { needsConfirmation } from '../parts/words.ts'
import { latestRun, stateOfStep, stepName, stepsToAllow } from './order-progress.ts'
import { SayFirst } from './SayFirst.tsx'
import { RunResult } from './RunResult.tsx'
import { StepFacts } from './StepFacts.tsx'
import { StepFiles } from './StepFiles.tsx'
import { StepHistory } from './StepHistory.tsx'
import { stateWords } from './state-words.ts'
import type { StepsProps } from './Steps.tsx'

/** One step: what runs, where, as whom, what it does as far as is known, and how it went. */
export function StepCard({
  review,
  step,
  decisions,
  ask,
  seesOutput,
}: StepsProps & { readonly step: ReviewStep }) {
  const name = stepName(review, step.step)
  const bytes = useMemo(() => fromBase64(step.bytes) ?? new Uint8Array(), [step.bytes])
  const state = stateOfStep(review, step)
  const run = latestRun(review, step.step)
  const confirms = needsConfirmation(step.analysis.level) && decides(review, step, decisions.person)
  const title = `step-${step.step}-title`
  return (
    <article className="panel step" id={`step-${step.step}`} aria-labelledby={title}>
      <header className="row">
        <h2 id={title}>{capital(name)}</h2>
        <LevelBadge level={step.analysis.level} />
        <span className="mono">
          {step.account}@{step.target}
        </span>
        <span className="spring" />
        <span className="strong">{stateWords(state)}</span>
      </header>
      <div className="step-body">
        <div className="step-left">
          <ExplainedCode
            bytes={bytes}
            analysis={step.analysis}
            label={`Exact bytes of ${name}`}
            folds={foldsOf(step)}
          />
          <p className="small dim">
            {formatBytes(bytes.length)}, {lineCount(bytes)} to {step.interpreter}, at most{' '}
            {formatDuration(step.maxSeconds)}
          </p>
          {step.expected === '' ? null : (
            <p>
              <span className="dim">Expected:</span>{' '}
              <span className="prose">
                <VisibleText text={step.expected} />
              </span>
            </p>
          )}
          <StepFiles step={step} name={name} />
          <StepFacts step={step} again={run?.state === 'ended' && run.outcome?.result !== 'succeeded'} />
          {run === undefined ? null : (
            <RunResult review={review} run={run} name={name} seesOutput={seesOutput} />
          )}
        </div>
        <div className="step-right">
          <SayFirst review={review} step={step} name={name} />
          <AnalysisPanel
            analysis={step.analysis}
            name={name}
            ask={ask === undefined ? undefined : (text) => ask(step.step, text)}
          />
          <StepHistory step={step} />
        </div>
      </div>
      {confirms || ask !== undefined ? (
        <footer className="row">
          {confirms ? <Understood step={step} name={name} decisions={decisions} /> : null}
          <span className="spring" />
          {ask === undefined ? null : (
            <Button variant="default" size="compact-sm" onClick={() => ask(step.step)}>
              Ask about {name}
            </Button>
          )}
        </footer>
      ) : null}
    </article>
  )
}

/** Where nothing can be known, all of it must be read. */
function foldsOf({ analysis, understanding }: ReviewStep): 'at-first' | 'on-wish' | 'never' {
  if (understanding.covered) return 'never'
  return analysis.level === 'opaque' || analysis.level === 'stop' ? 'on-wish' : 'at-first'
}

/** Whether whoever looks at it could allow this step now. */
function decides(review: Review, step: ReviewStep, person: string): boolean {
  const { permitted } = step.rollback ? review.may.rollback : review.may.allow
  const part = step.rollback ? 'rollback' : 'work'
  return permitted && stepsToAllow(review, part, person).some((left) => left.step === step.step)
}

function Understood(
  props: Pick<StepsProps, 'decisions'> & { readonly step: ReviewStep; readonly name: string },
) {
  const { step, name, decisions } = props
  return (
    <Checkbox
      checked={decisions.understood.has(step.digest)}
      onChange={(event) => decisions.setUnderstood(step.digest, event.currentTarget.checked)}
      label={`I have understood ${name}`}
      description={`If you allow it, exactly these bytes run on ${step.target} as ${step.account}, for at most ${formatDuration(step.maxSeconds)}.`}
    />
  )
}

function lineCount(bytes: Uint8Array): string {
  const ends = bytes.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0)
  const lines = bytes.at(-1) === 0x0a ? ends : ends + 1
  return lines === 1 ? '1 line' : `${lines} lines`
}
