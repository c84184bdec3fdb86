import { Button } from '@mantine/core'
import type { Review, RunView } from '@chaperone/contract'
import { useNow } from '../parts/clock.tsx'
import { formatDuration } from '../parts/format-time.ts'
import { stepName } from './order-progress.ts'
import type { Decisions } from './use-decisions.ts'

/** The step that runs: how long, how long at most, and the button that ends it. */
export function Running(props: {
  readonly review: Review
  readonly run: RunView
  readonly decisions: Decisions
}) {
  const { review, run, decisions } = props
  const step = review.steps.find((candidate) => candidate.step === run.step)
  const since = useNow() - Date.parse(run.startedAt ?? run.intendedAt)
  const most = step?.maxSeconds ?? 0
  const elapsed = Math.max(0, since / 1000)
  const name = stepName(review, run.step)
  return (
    <div className="running">
      <div className="running-words">
        <p>
          <strong>
            {run.state === 'intended' ? `Connecting for ${name}` : `Running ${name}`} on{' '}
            <span className="mono">{step?.target}</span>.
          </strong>{' '}
          {formatDuration(elapsed)} of at most {formatDuration(most)}; the target ends it then by itself.
        </p>
        <progress aria-label={`Time used by ${name}`} value={Math.min(elapsed, most)} max={most} />
        {run.killedBy === null ? (
          <p className="small">
            Stopping ends every process that the step started, at once. What it has done already stays done.
          </p>
        ) : (
          <p role="status">
            <strong>Stop asked for by {run.killedBy.name}.</strong> Waiting for the target to confirm.
          </p>
        )}
      </div>
      <div className="stack">
        <Button
          color="red.9"
          size="md"
          onClick={() => decisions.stop(run)}
          disabled={run.killedBy !== null || !review.may.kill.permitted}
        >
          Stop this step now
        </Button>
        {run.killedBy === null ? null : (
          <Button
            variant="default"
            onClick={() => void decisions.signing.sign({ kind: 'kill', run: run.run })}
          >
            Sign the stop
          </Button>
        )}
      </div>
    </div>
  )
}
