import type { Review } from '@chaperone/contract'
import { formatBytes } from '../parts/format-time.ts'
import { stepName } from './order-progress.ts'

/** What has left already. */
export function Released({ review }: { readonly review: Review }) {
  if (review.releases.length === 0) return null
  return (
    <div className="note note-good">
      <h3>Released to {review.technician.name}</h3>
      <ul className="plain-list">
        {review.releases.map(({ release, run, releaser, length }) => (
          <li key={`${release} ${run}`}>
            Output of {stepOf(review, run)}, {formatBytes(length)}, by {releaser.name}
          </li>
        ))}
      </ul>
    </div>
  )
}

function stepOf(review: Review, id: string): string {
  const run = review.runs.find((candidate) => candidate.run === id)
  return run === undefined ? 'a run' : stepName(review, run.step)
}
