import type { Review } from '@chaperone/contract'
import { Time } from '../parts/clock.tsx'
import { mustActWords, phaseWords } from '../parts/words.ts'
import { AfterFreeze } from './AfterFreeze.tsx'
import { runningRun, stateOfStep, stepName } from './order-progress.ts'
import { Running } from './Running.tsx'
import type { Decisions } from './use-decisions.ts'

const looks: Partial<Record<Review['phase'], string>> = {
  running: 'note-active',
  frozen: 'note-bad',
  forbidden: 'note-bad',
  halted: 'note-unsure',
  'question-open': 'note-unsure',
  done: 'note-good',
}

/** Where the order stands, who must act, and what can be done at once. */
export function Now({ review, decisions }: { readonly review: Review; readonly decisions: Decisions }) {
  const run = runningRun(review)
  return (
    <section className={`note ${looks[review.phase] ?? ''} now`} aria-label="Where it stands">
      {run === undefined ? (
        <p aria-live="polite">
          <strong>{phaseWords[review.phase].name}.</strong> {phaseWords[review.phase].meaning} Who must act:{' '}
          {mustActWords[review.mustAct]}.{' '}
          {review.claim === null ? null : (
            <>
              Claimed by {review.claim.escort.name} until <Time at={review.claim.until} />.
            </>
          )}
        </p>
      ) : (
        <Running key={run.run} review={review} run={run} decisions={decisions} />
      )}
      {review.frozenBy === null ? null : <AfterFreeze review={review} decisions={decisions} />}
      <p className="visually-hidden" role="status">
        {spoken(review)}
      </p>
    </section>
  )
}

/** What a screen reader hears when a step begins or ends. */
function spoken(review: Review): string {
  return review.steps
    .flatMap((step) => {
      const state = stateOfStep(review, step)
      const name = stepName(review, step.step)
      if (state.kind === 'running') return [`${name} is running`]
      return state.kind === 'ended' ? [`${name}: ${state.run.outcome?.result ?? 'ended'}`] : []
    })
    .join(', ')
}
