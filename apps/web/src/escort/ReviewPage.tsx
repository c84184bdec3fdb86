import { useState } from 'react'
import type { Me, Review } from '@chaperone/contract'
import { useAnswer } from '../api/query.ts'
import { PhaseBadge } from '../parts/Badges.tsx'
import { Answer } from '../parts/Notes.tsx'
import { Page } from '../parts/Page.tsx'
import { DecisionBar } from './DecisionBar.tsx'
import { Difference } from './Difference.tsx'
import { KillLimits } from './KillLimits.tsx'
import { Now } from './Now.tsx'
import { Outline } from './Outline.tsx'
import { Release } from './Release.tsx'
import { Steps } from './Steps.tsx'
import { Summary } from './Summary.tsx'
import { HandOverNotes } from './HandOverNotes.tsx'
import { Thread } from './Thread.tsx'
import { Undeclared } from './Undeclared.tsx'
import { useDecisions } from './use-decisions.ts'
import { AskQuestion } from './AskQuestion.tsx'
import { HandBack } from './HandBack.tsx'

/** All of one order, from the first look to the release of its output, in one place. */
export function ReviewPage({ me, order }: { readonly me: Me; readonly order: string }) {
  const review = useAnswer('review', { params: { order } }, { every: 20_000 })
  const title = review.data?.purpose ?? 'Work order'
  return (
    <Page
      title={title}
      aside={review.data === undefined ? null : <PhaseBadge phase={review.data.phase} />}
      wide
    >
      <Answer of={review} what="the work order">
        {(data) => <Reviewed me={me} review={data} />}
      </Answer>
    </Page>
  )
}

type Dialog =
  | { readonly kind: 'question'; readonly step: number; readonly text: string }
  | { readonly kind: 'hand-back' }
  | undefined

function Reviewed(props: { readonly me: Me; readonly review: Review }) {
  const { me } = props
  const seesOutput = me.roles.includes('escort') || me.roles.includes('officer')
  const review = seesOutput ? props.review : withoutActs(props.review)
  const decisions = useDecisions(review, me.person)
  const [dialog, setDialog] = useState<Dialog>(undefined)
  const close = () => setDialog(undefined)
  const ask = (step: number, text = '') => setDialog({ kind: 'question', step, text })
  const mine = review.claim?.escort.person === me.person
  return (
    <>
      <Now review={review} decisions={decisions} />
      <div className="review">
        <Outline review={review} />
        <div className="review-main">
          <Undeclared review={review} />
          <Summary review={review} />
          <Difference review={review} />
          <Steps review={review} decisions={decisions} ask={mine ? ask : undefined} seesOutput={seesOutput} />
          <KillLimits />
          <HandOverNotes review={review} />
          <Thread review={review} />
          {seesOutput ? <Release review={review} decisions={decisions} /> : null}
        </div>
      </div>
      <DecisionBar
        review={review}
        decisions={decisions}
        mine={mine}
        ask={() => ask(0)}
        handBack={() => setDialog({ kind: 'hand-back' })}
      />
      {dialog?.kind === 'question' ? (
        <AskQuestion review={review} step={dialog.step} text={dialog.text} close={close} />
      ) : null}
      {dialog?.kind === 'hand-back' ? <HandBack me={me} review={review} close={close} /> : null}
    </>
  )
}

/** An auditor looks, and stops nothing. */
function withoutActs(review: Review): Review {
  const no = { permitted: false, refusal: { code: 'not-allowed-here' } }
  return { ...review, may: { ...review.may, kill: no, freeze: no } }
}
