import type { Review } from '@chaperone/contract'
import { AllowRollback } from './Rollback.tsx'
import { StepCard } from './StepCard.tsx'
import type { Decisions } from './use-decisions.ts'

export interface StepsProps {
  readonly review: Review
  readonly decisions: Decisions
  /** Asks about a step; `undefined` for who may not. */
  readonly ask: ((step: number, text?: string) => void) | undefined
  readonly seesOutput: boolean
}

/** The steps in their order, then those that would undo them. */
export function Steps(props: StepsProps) {
  const { steps } = props.review
  const rollback = steps.filter((step) => step.rollback)
  return (
    <>
      <section className="stack" aria-label="Steps">
        {steps
          .filter((step) => !step.rollback)
          .map((step) => (
            <StepCard key={step.step} step={step} {...props} />
          ))}
      </section>
      <section className="stack" id="rollback" aria-labelledby="rollback-title">
        <h2 id="rollback-title">If it must be undone</h2>
        {rollback.length === 0 ? (
          <p className="note">The technician gave no rollback steps. Ask, if that worries you.</p>
        ) : (
          <>
            <p className="dim">These run only if you allow them later, apart from the work itself.</p>
            {rollback.map((step) => (
              <StepCard key={step.step} step={step} {...props} />
            ))}
            <AllowRollback review={props.review} decisions={props.decisions} />
          </>
        )}
      </section>
    </>
  )
}
