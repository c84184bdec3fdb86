import type { Review, ReviewStep, RunView } from '@chaperone/contract'
import { openRequestsOf } from './asked-lines.ts'

export type StepState =
  | { readonly kind: 'undecided' }
  /** Some of the people whose decision is needed have allowed it. */
  | { readonly kind: 'partly-allowed'; readonly have: number; readonly needed: number }
  | { readonly kind: 'allowed' }
  | { readonly kind: 'running'; readonly run: RunView }
  | { readonly kind: 'ended'; readonly run: RunView }

/** The latest attempt at a step of the present version. */
export function latestRun(review: Pick<Review, 'runs' | 'version'>, step: number): RunView | undefined {
  return review.runs
    .filter((run) => run.version === review.version && run.step === step)
    .toSorted((a, b) => b.attempt - a.attempt)[0]
}

export function runningRun(review: Pick<Review, 'runs'>): RunView | undefined {
  return review.runs.find((run) => run.state !== 'ended')
}

export function stateOfStep(review: Pick<Review, 'runs' | 'version'>, step: ReviewStep): StepState {
  const run = latestRun(review, step.step)
  if (run !== undefined && run.state !== 'ended') return { kind: 'running', run }
  if (run?.outcome?.result === 'succeeded') return { kind: 'ended', run }
  const [have, needed] = [step.quorum.allowedBy.length, step.quorum.needed]
  if (have >= needed) return { kind: 'allowed' }
  if (have > 0) return { kind: 'partly-allowed', have, needed }
  return run === undefined ? { kind: 'undecided' } : { kind: 'ended', run }
}

type Stepped = Pick<Review, 'runs' | 'version' | 'steps'>

/** Steps of the work itself, or of its rollback, that have not succeeded, in their order. */
export function remainingSteps(review: Stepped, part: 'work' | 'rollback'): readonly ReviewStep[] {
  return review.steps.filter(
    (step) =>
      step.rollback === (part === 'rollback') &&
      latestRun(review, step.step)?.outcome?.result !== 'succeeded',
  )
}

/** Of what remains, the steps that this person's decision is still wanted for; nobody decides one attempt twice. */
export function stepsToAllow(
  review: Stepped,
  part: 'work' | 'rollback',
  person: string,
): readonly ReviewStep[] {
  return remainingSteps(review, part).filter(
    ({ quorum: { needed, allowedBy } }) =>
      allowedBy.length < needed && !allowedBy.some((one) => one.person === person),
  )
}

/** What an escort calls a step: rollback steps are counted by themselves. */
export function stepName(review: Pick<Review, 'steps'>, index: number): string {
  const before = review.steps.filter((step) => !step.rollback).length
  return index > before ? `rollback step ${index - before}` : `step ${index}`
}

/** Runs that have ended and whose output was not released yet, or is asked for again. */
export function runsToRelease(review: Pick<Review, 'runs' | 'releases' | 'requests'>): readonly RunView[] {
  return review.runs.filter(
    (run) =>
      run.state === 'ended' &&
      run.startedAt !== null &&
      (!review.releases.some((release) => release.run === run.run) || openRequestsOf(review, run).length > 0),
  )
}
