import type { Review } from '@chaperone/contract'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { stepName } from './order-progress.ts'

/** Questions and answers, of this and former versions. */
export function Thread({ review }: { readonly review: Review }) {
  return (
    <section className="panel" id="thread" aria-labelledby="thread-title">
      <h2 id="thread-title">Questions</h2>
      {review.questions.length === 0 ? (
        <p className="dim">
          None so far. Ask whatever is not clear: the technician sees your words as you write them.
        </p>
      ) : (
        <ol className="thread">
          {review.questions.map((question) => (
            <li key={question.question}>
              <p className="small dim">
                {question.escort.name} about{' '}
                {question.step === 0 ? 'the whole order' : stepName(review, question.step)}
                {question.version === review.version ? '' : ` of version ${question.version}`}
              </p>
              <p className="prose">
                <VisibleText text={question.text} />
              </p>
              {question.answer === null ? (
                <p>
                  <span className="badge tone-unsure">No answer yet</span>
                </p>
              ) : (
                <p className="answer prose">
                  <span className="dim">{review.technician.name}: </span>
                  <VisibleText text={question.answer} />
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
