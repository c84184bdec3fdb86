import type { Review, ReviewStep } from '@chaperone/contract'
import { Actions, refusalWords, type Action } from '../parts/Actions.tsx'
import { useNow } from '../parts/clock.tsx'
import { ProblemNote } from '../parts/Notes.tsx'
import { DeskBar } from './DeskBar.tsx'
import { stepName, stepsToAllow } from './order-progress.ts'
import { unconfirmedSteps, type Decisions } from './use-decisions.ts'

interface BarProps {
  readonly review: Review
  readonly decisions: Decisions
  readonly mine: boolean
  readonly ask: () => void
  readonly handBack: () => void
}

/** What can be decided now, always in the same place. */
export function DecisionBar(props: BarProps) {
  const { review, decisions } = props
  const next = whatHappensNext(review, useNow())
  return (
    <div className="decision-bar" role="region" aria-label="Decide">
      {decisions.problem === null ? null : <ProblemNote problem={decisions.problem} />}
      <DeskBar signing={decisions.signing} />
      {next === '' ? null : <p className="small">{next}</p>}
      <Actions label="Decisions" actions={actionsOf(props)} />
    </div>
  )
}

function actionsOf({ review, decisions, mine, ask, handBack }: BarProps): readonly Action[] {
  const { may } = review
  const left = stepsToAllow(review, 'work', decisions.person)
  const open = unconfirmedSteps(review, 'work', decisions)
  const claim: Action = {
    label: mine ? 'Claim for another hour' : 'Claim this order',
    refused: refusalWords(may.claim),
    act: decisions.claim,
    look: mine || may.allow.permitted ? 'plain' : 'primary',
  }
  const allow: Action = {
    label: allowLabel(review, left),
    refused:
      refusalWords(may.allow, { 'comprehension-missing': sayFirst(review) }) ??
      (left.length === 0 ? 'You have decided it already.' : confirmFirst(review, open)),
    act: () => decisions.allow(left.map(({ step }) => step)),
    look: mine || may.allow.permitted ? 'primary' : 'plain',
  }
  const rest: readonly Action[] = [
    { label: 'Forbid', refused: refusalWords(may.forbid), act: () => void decisions.forbid() },
    { label: 'Ask a question', refused: refusalWords(may.question), act: ask },
    { label: 'Hand back or over', refused: refusalWords(may.handBack), act: handBack },
    {
      label: 'I allowed wrongly',
      refused: refusalWords(may.freeze, { 'quorum-missing': 'Nothing was allowed so far.' }),
      act: decisions.freeze,
      look: may.freeze.permitted ? 'danger' : 'plain',
    },
  ]
  return mine ? [allow, ...rest, claim] : [claim, allow, ...rest]
}

function allowLabel(review: Review, left: readonly ReviewStep[]): string {
  const all = review.steps.filter((step) => !step.rollback).length
  if (left.length === all || left.length === 0) return 'Allow all steps'
  return left.length === 1
    ? `Allow ${stepName(review, left[0]?.step ?? 0)}`
    : `Allow the remaining ${left.length} steps`
}

/** Where something is asked before anything can be allowed. */
function sayFirst(review: Review): string {
  const asked = review.steps.filter((step) => !step.rollback && step.understanding.covered)
  const names = asked.map(({ step }) => stepName(review, step)).join(', ')
  return `Say first what you think that ${names} ${asked.length === 1 ? 'does' : 'do'}: it is asked beside ${asked.length === 1 ? 'it' : 'each of them'}.`
}

function confirmFirst(review: Review, open: readonly number[]): string | undefined {
  if (open.length === 0) return undefined
  return `Say that you have understood ${open.map((step) => stepName(review, step)).join(', ')}, below ${open.length === 1 ? 'it' : 'each of them'}.`
}

/** Plain words for what a click here leads to. */
function whatHappensNext(review: Review, now: number): string {
  if (review.may.allow.permitted) {
    const start =
      Date.parse(review.notBefore) > now ? 'when the window opens' : 'as soon as you have signed at the desk'
    return `If you allow the steps, they run one after another, ${start}, each only after the one before succeeded. Output stays here until you release it.`
  }
  if (review.phase === 'done' && review.releases.length === 0)
    return 'Every step has run. The output waits under “Output and release”: release all, part or nothing.'
  if (review.may.freeze.permitted)
    return '“I allowed wrongly” stops what runs at once, lets nothing more start, offers the rollback and calls an officer.'
  if (review.claim === null && review.may.claim.permitted)
    return 'Claim it to decide. Others then see that you review it; you can hand it back at any time.'
  return ''
}
