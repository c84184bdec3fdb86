import type { Review, ReviewStep } from '@chaperone/contract'
import { keyOf, queryClient, useAct } from '../api/query.ts'
import { refusalWords } from '../parts/Actions.tsx'
import { ProblemNote } from '../parts/Notes.tsx'

type Question = ReviewStep['understanding']['questions'][number]

/** What an escort is asked about a serious step before our words for it are uncovered; one click for each question. */
export function SayFirst(props: {
  readonly review: Review
  readonly step: ReviewStep
  readonly name: string
}) {
  const { review, step, name } = props
  const { order, version } = review
  const { understanding } = step
  const params = { order }
  const answer = useAct('recordComprehension', (changed) =>
    queryClient.setQueryData(keyOf('review', { params }), changed),
  )
  const say = ({ ask: question }: Question, said: number | 'unknown') =>
    answer.mutate({ params, body: { version, step: step.step, question, answer: said } })
  if (understanding.questions.length === 0) return null
  const refused = understanding.covered ? refusalWords(understanding.may, refusals) : undefined
  return (
    <section className="note say-first" aria-label={`What you think of ${name}`}>
      {understanding.covered ? (
        <p>
          <strong>First: what do you think it does?</strong> What the analysis and the technician say of it is
          shown once you have answered. An answer that does not fit, or that you do not know, calls a second
          escort; nothing else follows from it.
        </p>
      ) : null}
      {refused === undefined ? null : <p className="reason">{refused}</p>}
      {understanding.questions.map((question) =>
        question.answer === null && understanding.covered ? (
          <Choices
            key={question.ask}
            question={question}
            closed={refused !== undefined || answer.isPending}
            say={(said) => say(question, said)}
          />
        ) : (
          <Said key={question.ask} question={question} />
        ),
      )}
      {answer.error === null ? null : <ProblemNote problem={answer.error} />}
    </section>
  )
}

const refusals = { 'order-not-claimed': 'Claim the order to answer and to see more.' }

function Choices(props: {
  readonly question: Question
  readonly closed: boolean
  readonly say: (said: number | 'unknown') => void
}) {
  const { question, closed, say } = props
  return (
    <fieldset className="choices" disabled={closed}>
      <legend className="strong">{question.text}</legend>
      {question.choices.map((choice, i) => (
        <button type="button" key={choice} onClick={() => say(i + 1)}>
          {choice}
        </button>
      ))}
      <button type="button" className="dont-know" onClick={() => say('unknown')}>
        I don’t know
      </button>
    </fieldset>
  )
}

/** What this person answered, or that they were not asked. */
function Said({ question: { text, choices, answer, matched } }: { readonly question: Question }) {
  if (answer === null) return null
  const said = answer === 'unknown' ? 'I don’t know' : (choices[answer - 1] ?? '')
  return (
    <p className="small">
      <span className="dim">{text}</span> You said: {said}.{' '}
      <strong>
        {matched === true ? 'That is what the analysis found.' : 'That is not what the analysis found.'}
      </strong>
    </p>
  )
}
