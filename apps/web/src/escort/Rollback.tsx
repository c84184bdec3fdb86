import type { Review } from '@chaperone/contract'
import { Actions, refusalWords } from '../parts/Actions.tsx'
import { stepName, stepsToAllow } from './order-progress.ts'
import { unconfirmedSteps, type Decisions } from './use-decisions.ts'

/** Lets the reviewed rollback run, when there is something to undo. */
export function AllowRollback({
  review,
  decisions,
}: {
  readonly review: Review
  readonly decisions: Decisions
}) {
  const left = stepsToAllow(review, 'rollback', decisions.person)
  const open = unconfirmedSteps(review, 'rollback', decisions)
  const confirm =
    open.length === 0
      ? undefined
      : `Say that you have understood ${open.map((step) => stepName(review, step)).join(', ')}, above.`
  return (
    <Actions
      label="Rollback"
      actions={[
        {
          label: 'Allow the rollback',
          look: review.may.rollback.permitted && review.phase !== 'done' ? 'primary' : 'plain',
          refused:
            refusalWords(review.may.rollback) ??
            (left.length === 0 ? 'You have decided it already.' : confirm),
          act: () => decisions.allow(left.map(({ step }) => step)),
        },
      ]}
    />
  )
}
