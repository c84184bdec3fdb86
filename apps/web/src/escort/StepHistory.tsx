import { Link } from 'wouter'
import type { ReviewStep } from '@chaperone/contract'
import { Time } from '../parts/clock.tsx'

/** What ran on this target before. */
export function StepHistory({ step }: { readonly step: ReviewStep }) {
  if (step.history.length === 0) return <p className="small dim">Nothing has run on {step.target} before.</p>
  return (
    <details>
      <summary className="small">
        What ran on {step.target} before ({step.history.length})
      </summary>
      <ul className="plain-list small">
        {step.history.map((entry, i) => (
          <li key={i}>
            <Time at={entry.at} />: <strong>{entry.result}</strong>, step {entry.step} of{' '}
            <Link className="mono" href={`/review/${entry.order}`}>
              {entry.order}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  )
}
