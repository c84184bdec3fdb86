import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { DeclineWord, OutputRequest, Review } from '@chaperone/contract'
import { declineWords } from '@chaperone/domain'
import { keyOf, queryClient, useAct } from '../api/query.ts'
import { capital, refusalWords } from '../parts/Actions.tsx'
import { ProblemNote } from '../parts/Notes.tsx'
import { VisibleText } from '../parts/VisibleCode.tsx'
import { declineMeanings, wishWords } from '../parts/words.ts'
import { stepName } from './order-progress.ts'

/** What the technician asked to see; a release of the step answers it, or a word from a fixed list. */
export function OutputRequests({ review }: { readonly review: Review }) {
  if (review.requests.length === 0) return null
  return (
    <div className="stack">
      <h3>Asked for by {review.technician.name}</h3>
      <ol className="thread" aria-label="Requests for output">
        {review.requests.map((request) => (
          <li key={request.request}>
            <p className="small dim">
              {capital(stepName(review, request.step))}
              {request.version === review.version ? '' : ` of version ${request.version}`}
            </p>
            <p className="prose">
              <VisibleText text={wishWords(request.wish)} />
            </p>
            {request.answer === null ? (
              <Decline review={review} request={request} />
            ) : (
              <p className="small dim">{answerWords(request.answer)}</p>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}

function answerWords(answer: NonNullable<OutputRequest['answer']>): string {
  return answer === 'released' ? 'Answered by a release.' : `Declined: ${declineMeanings[answer]}.`
}

function Decline({ review, request }: { readonly review: Review; readonly request: OutputRequest }) {
  const { order } = review
  const [word, setWord] = useState<DeclineWord>(declineWords[0])
  const decline = useAct('declineOutput', (changed) =>
    queryClient.setQueryData(keyOf('review', { params: { order } }), changed),
  )
  const refused = refusalWords(review.may.declineOutput)
  return (
    <>
      <div className="row">
        <NativeSelect
          aria-label={`Why request ${request.request} is declined`}
          size="xs"
          value={word}
          onChange={(event) => setWord(declineWords.find((one) => one === event.currentTarget.value) ?? word)}
          data={declineWords.map((value) => ({ value, label: declineMeanings[value] }))}
        />
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Decline request ${request.request}`}
          disabled={refused !== undefined}
          loading={decline.isPending}
          onClick={() => decline.mutate({ params: { order, request: request.request }, body: { word } })}
        >
          Decline
        </Button>
      </div>
      {refused === undefined ? null : <p className="reason">{refused}</p>}
      {decline.error === null ? null : <ProblemNote problem={decline.error} />}
    </>
  )
}
