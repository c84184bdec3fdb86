import type { Review, RunView } from '@chaperone/contract'
import { OutcomeBadge } from '../parts/Badges.tsx'
import { Time } from '../parts/clock.tsx'
import { formatDuration } from '../parts/format-time.ts'
import { outcomeWords } from '../parts/words.ts'
import { OutputTail } from './OutputTail.tsx'

/** How a step went, or goes. */
export function RunResult(props: {
  readonly review: Review
  readonly run: RunView
  readonly name: string
  readonly seesOutput: boolean
}) {
  const { run } = props
  return (
    <div className="stack run" role="group" aria-label={`Run of ${props.name}`}>
      {run.outcome === null ? (
        <p>
          <span className="badge tone-active">{run.state === 'intended' ? 'Connecting' : 'Running'}</span>{' '}
          {run.startedAt === null ? (
            'Nothing has started yet.'
          ) : (
            <>
              Since <Time at={run.startedAt} seconds />.
            </>
          )}
        </p>
      ) : (
        <p>
          <OutcomeBadge outcome={run.outcome} /> {outcomeWords(run.outcome).meaning} <Duration run={run} />{' '}
          {run.killedBy === null ? '' : `Stopped by ${run.killedBy.name}. `}
          {run.attempt > 1 ? `This was attempt ${run.attempt}.` : ''}
        </p>
      )}
      {props.seesOutput && run.startedAt !== null ? (
        <OutputTail order={props.review.order} run={run} name={props.name} />
      ) : null}
    </div>
  )
}

function Duration({ run }: { readonly run: RunView }) {
  if (run.startedAt === null || run.endedAt === null) return null
  return `It took ${formatDuration((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000)}.`
}
