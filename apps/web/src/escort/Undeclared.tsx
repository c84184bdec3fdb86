import type { Review } from '@chaperone/contract'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { stepName } from './order-progress.ts'
import { undeclaredEffects } from './undeclared-effects.ts'

/** What the commands would do and the technician did not say; first, because it matters most. */
export function Undeclared({ review }: { readonly review: Review }) {
  const undeclared = undeclaredEffects(review)
  const covered = review.steps.filter(({ understanding }) => understanding.covered)
  if (undeclared.length === 0) return null
  return (
    <section className="note note-unsure" aria-labelledby="undeclared">
      <h2 id="undeclared">The technician did not say that this happens</h2>
      <ul className="effects">
        {undeclared.map(({ type, place, steps }) => (
          <li key={`${type} ${place}`}>
            <strong>{type.replaceAll('-', ' ')}</strong>{' '}
            <span className="mono">
              <VisibleText text={place} />
            </span>{' '}
            <span className="dim">
              in{' '}
              {steps.map((step, i) => (
                <span key={step}>
                  {i > 0 ? ', ' : ''}
                  <a href={`#step-${step}`}>{stepName(review, step)}</a>
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {covered.length === 0 ? null : (
        <p className="small">
          There may be more in {covered.map(({ step }) => stepName(review, step)).join(', ')}: say first what
          you think of {covered.length === 1 ? 'it' : 'them'}.
        </p>
      )}
    </section>
  )
}
