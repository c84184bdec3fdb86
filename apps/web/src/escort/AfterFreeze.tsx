import type { Review } from '@chaperone/contract'
import { Actions } from '../parts/Actions.tsx'
import type { Decisions } from './use-decisions.ts'

/** After "I allowed wrongly" or a forbid: what happened, and the way to the reviewed rollback. */
export function AfterFreeze({
  review,
  decisions,
}: {
  readonly review: Review
  readonly decisions: Decisions
}) {
  const hasRollback = review.steps.some((step) => step.rollback)
  return (
    <div className="stack">
      <p>
        <strong>{review.frozenBy?.name} stopped this order.</strong> Nothing more of it starts. What ran was
        told to stop. An officer has been called and must look at it.
      </p>
      <p>
        {hasRollback ? (
          <a href="#rollback">Look at the rollback steps; you can allow them there.</a>
        ) : (
          'The technician gave no rollback steps. Talk to the officer about what to undo.'
        )}
      </p>
      <Actions
        label="After the stop"
        actions={[
          {
            label: 'Sign that it was stopped',
            refused: undefined,
            act: () => void decisions.signing.sign({ kind: 'freeze', version: review.version }),
          },
        ]}
      />
    </div>
  )
}
