import type { Review } from '@chaperone/contract'
import { Actions, refusalWords } from '../parts/Actions.tsx'
import { remainingSteps, stepName } from './order-progress.ts'
import { unconfirmedSteps, type Decisions } from './use-decisions.ts'

/** Lets the reviewed rollback run, when there is something to undo. */
export function AllowRollback({
  review,
  decisions,
}: {
  readonly review: Review
  readonly decisions: Decisions
}) {
  const left = remainingSteps(review, 'rollback')
  const open = unconfirmedSteps(review, 'rollback', decisions.understood)
  const confirm =
    open.length === 0
      ? undefined
      : `Say that you have understood ${open.map((step) => stepName(review, step)).join(', ')}, below each of them.`
  return (
    <Actions
      label="Rollback"
      actions={[
        {
          label: 'Allow the rollback',
          look: review.may.rollback.permitted && review.phase !== 'done' ? 'primary' : 'plain',
          refused: refusalWords(review.may.rollback) ?? confirm,
          act: () => decisions.allow(left.map(({ step }) => step)),
        },
      ]}
    />
  )
}
