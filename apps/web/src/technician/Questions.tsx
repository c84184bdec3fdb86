import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { TechnicianOrder } from '@chaperone/contract'
import { orderChanged, useAct } from '../api/query.ts'
import { ProblemNote } from '../parts/Notes.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { stepNameOf } from './step-name.ts'

type Question = TechnicianOrder['questions'][number]

/** What escorts asked; an answer is theirs to read and cannot be taken back. */
export function Questions({ order }: { readonly order: TechnicianOrder }) {
  if (order.questions.length === 0) return null
  return (
    <section className="panel" aria-labelledby="questions-title">
      <h2 id="questions-title">Questions to you</h2>
      <ol className="thread">
        {order.questions.map((question) => (
          <li key={question.question}>
            <p className="small dim">
              About {question.step === 0 ? 'the whole order' : stepNameOf(order, question.step)}
            </p>
            <p className="prose">
              <VisibleText text={question.text} />
            </p>
            {question.answer === null ? (
              <AnswerForm order={order.order} question={question} />
            ) : (
              <p className="answer prose">
                <span className="dim">You: </span>
                <VisibleText text={question.answer} />
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

function AnswerForm({ order, question }: { readonly order: string; readonly question: Question }) {
  const [text, setText] = useState('')
  const answer = useAct('answerQuestion', () => orderChanged(order))
  const send = () => answer.mutate({ params: { order, question: question.question }, body: { text } })
  return (
    <div className="stack">
      <Textarea
        label={`Your answer to question ${question.question}`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={8192}
      />
      {answer.error === null ? null : <ProblemNote problem={answer.error} />}
      <div>
        <Button onClick={send} loading={answer.isPending} disabled={text.trim() === ''}>
          Send the answer
        </Button>
      </div>
    </div>
  )
}
