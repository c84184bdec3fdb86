import type { Review } from '@chaperone/contract'
import { levelWords } from '../parts/words.ts'
import { stateOfStep, stepName } from './order-progress.ts'
import { stateWords } from './state-words.ts'

/** The steps at a glance, each a link to its place below. */
export function Outline({ review }: { readonly review: Review }) {
  return (
    <nav className="outline" aria-label="Parts of this order">
      <ol>
        <li>
          <a href="#summary">What and why</a>
        </li>
        {review.steps.map((step) => (
          <li key={step.step}>
            <a href={`#step-${step.step}`}>
              <span
                className={`symbol outline-level outline-${step.analysis.level}`}
                data-symbol={levelWords[step.analysis.level].symbol}
              />
              <span>
                <span className="outline-name">{stepName(review, step.step)}</span>{' '}
                <span className="mono">{step.target}</span>
                <span className="small dim outline-state">
                  {levelWords[step.analysis.level].name} · {stateWords(stateOfStep(review, step))}
                </span>
              </span>
            </a>
          </li>
        ))}
        <li>
          <a href="#kill-limits">What stopping cannot undo</a>
        </li>
        <li>
          <a href="#thread">Questions ({review.questions.length})</a>
        </li>
        <li>
          <a href="#release">Output and release</a>
        </li>
      </ol>
    </nav>
  )
}
