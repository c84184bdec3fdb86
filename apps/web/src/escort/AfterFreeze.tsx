import type { Review } from '@chaperone/contract'
import { Actions, refusalWords, type Action } from '../parts/Actions.tsx'
import { remainingSteps, stepName } from './order-progress.ts'
import { unconfirmedSteps, type Decisions } from './use-decisions.ts'

/** After "I allowed wrongly" or a forbid: what happened, and the reviewed rollback. */
export function AfterFreeze({
  review,
  decisions,
}: {
  readonly review: Review
  readonly decisions: Decisions
}) {
  const rollback = remainingSteps(review, 'rollback')
  const open = unconfirmedSteps(review, 'rollback', decisions.understood)
  const signFreeze: Action = {
    label: 'Sign that it was stopped',
    refused: undefined,
    act: () => void decisions.signing.sign({ kind: 'freeze', version: review.version }),
  }
  const allowRollback: Action = {
    label: 'Allow the rollback',
    look: 'primary',
    refused:
      refusalWords(review.may.rollback) ??
      (open.length === 0
        ? undefined
        : `Confirm ${open.map((step) => stepName(review, step)).join(', ')} first, below each of them.`),
    act: () => decisions.allow(rollback.map(({ step }) => step)),
  }
  return (
    <div className="stack after-freeze">
      <p>
        <strong>{review.frozenBy?.name} stopped this order.</strong> Nothing more of it starts. What ran was
        told to stop. An officer has been called and must look at it.
      </p>
      <p>
        {rollback.length === 0
          ? 'The technician gave no rollback steps. Talk to the officer about what to undo.'
          : `The rollback has ${rollback.length} ${rollback.length === 1 ? 'step' : 'steps'}, shown below. If you allow it, they run one after another.`}
      </p>
      <Actions
        label="After the stop"
        actions={rollback.length === 0 ? [signFreeze] : [allowRollback, signFreeze]}
      />
    </div>
  )
}
