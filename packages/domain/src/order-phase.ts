import type { Instant } from '@chaperone/encoding'
import { claimant } from './decide-claim.ts'
import {
  activeRun,
  allowancesFor,
  currentRuns,
  firstRollback,
  isRollingBack,
  nextAttempt,
  seatsNeeded,
  succeededRun,
  type WorkOrder,
} from './work-order.ts'

/**
 * The fixed words in which an order's state is told to anybody, technicians included (invariant 3): none of them
 * depends on output.
 */
export type OrderPhase =
  | 'waiting-for-escort'
  | 'in-review'
  | 'question-open'
  | 'waiting-for-second-escort'
  | 'waiting-for-window'
  | 'running'
  | 'halted'
  | 'done'
  | 'forbidden'
  | 'withdrawn'
  | 'frozen'
  | 'expired'

/** Who must act next; `nobody` when the story is over. */
export type WhoMustAct = 'escort' | 'technician' | 'officer' | 'time' | 'target' | 'nobody'

/** What to call the state of an order; `roster` is the version in force, under which allowances must have been made. */
export function phaseOf(order: WorkOrder, at: Instant, roster?: number): OrderPhase {
  if (activeRun(order) !== undefined) return 'running'
  if (order.ended !== null) return order.ended
  const runnable = runnableStep(order, roster)
  const open = at < order.notAfter
  if (runnable !== undefined && open) return at < order.notBefore ? 'waiting-for-window' : 'running'
  if (order.frozenBy !== null) return 'frozen'
  if (nextStep(order) === undefined) return 'done'
  if (!open) return 'expired'
  return reviewPhase(order, at, roster)
}

function reviewPhase(order: WorkOrder, at: Instant, roster: number | undefined): OrderPhase {
  const asked = order.questions.some(
    (question) => question.answer === null && question.version === order.version,
  )
  if (asked) return 'question-open'
  if (seating(order, nextStep(order) ?? 1, roster) === 'partial') return 'waiting-for-second-escort'
  const last = currentRuns(order).at(-1)
  if (last !== undefined && last.outcome?.result !== 'succeeded') return 'halted'
  return claimant(order, at) === undefined ? 'waiting-for-escort' : 'in-review'
}

/** Whose move it is. */
export function whoMustAct(phase: OrderPhase): WhoMustAct {
  const table: Record<OrderPhase, WhoMustAct> = {
    'waiting-for-escort': 'escort',
    'in-review': 'escort',
    'question-open': 'technician',
    'waiting-for-second-escort': 'escort',
    'waiting-for-window': 'time',
    running: 'target',
    halted: 'escort',
    done: 'nobody',
    forbidden: 'technician',
    withdrawn: 'nobody',
    frozen: 'officer',
    expired: 'technician',
  }
  return table[phase]
}

/** The first step of a list that has not succeeded. */
function firstOpen(order: WorkOrder, from: number, to: number): number | undefined {
  for (let step = from; step <= to; step++) if (succeededRun(order, step) === undefined) return step
  return undefined
}

/** The forward step (from 1) that would run next, or `undefined` when all have succeeded. */
export function nextStep(order: WorkOrder): number | undefined {
  return firstOpen(order, 1, firstRollback(order) - 1)
}

/** The rollback step that would run next. */
export function nextRollback(order: WorkOrder): number | undefined {
  return firstOpen(order, firstRollback(order), order.steps.length)
}

/**
 * The step that a whole quorum allowed and that nothing but the window holds back: a forward step, or once somebody
 * decided to go back a rollback step. `roster` is the version in force; without it allowances of any roster count.
 */
export function runnableStep(order: WorkOrder, roster?: number): number | undefined {
  if (order.ended !== null || activeRun(order) !== undefined) return undefined
  const goesOn = order.frozenBy === null && !isRollingBack(order)
  const step = goesOn ? nextStep(order) : nextRollback(order)
  return step !== undefined && seating(order, step, roster) === 'full' ? step : undefined
}

/** How far the quorum for the next attempt at a step is seated. */
function seating(order: WorkOrder, step: number, roster: number | undefined): 'none' | 'partial' | 'full' {
  const seated = allowancesFor(order, step, nextAttempt(order, step)).filter(
    (allowance) => roster === undefined || allowance.roster === roster,
  )
  if (seated.length === 0) return 'none'
  return seated.length >= seatsNeeded(seated, step, 1) ? 'full' : 'partial'
}
