import { err, fromBase64, keyIdOf, ok } from '@chaperone/encoding'
import { claimant, escortRefusal, unfitEscort } from './decide-claim.ts'
import type { Context, Decided } from './decide.ts'
import { leastSeats, mostSeats } from './decide-comprehension.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { findTarget, keyCountsFor, type RosterKey } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { checkStatement } from './signed-statement.ts'
import type { DecisionStatement, StepLine } from './statement.ts'
import {
  allowancesFor,
  currentRuns,
  firstRollback,
  isRollingBack,
  nextAttempt,
  seatsNeeded,
  succeededRun,
  type WorkOrder,
} from './work-order.ts'

const mostAttempts = 100

/** Decides whether an escort's allow or forbid counts. */
export function decideDecision(
  order: WorkOrder,
  event: EventOf<'decision-recorded'>,
  context: Context,
): Decided {
  const checked = checkStatement(event.statement, context.roster, context.at, context.crypto)
  if (!checked.ok) return checked
  const { statement, key } = checked.value
  if (statement.kind !== 'allow' && statement.kind !== 'forbid') {
    return err({ code: 'statement-not-for-this', field: 'kind' })
  }
  const refusal = aboutOrder(order, statement, context) ?? aboutLines(order, statement, key, context)
  return refusal === undefined ? ok(event) : err(refusal)
}

function aboutOrder(order: WorkOrder, statement: DecisionStatement, context: Context): Refusal | undefined {
  if (order.ended !== null) return { code: 'order-ended', ended: order.ended }
  if (statement.order !== order.order) return { code: 'statement-not-for-this', field: 'order' }
  if (statement.version !== order.version) {
    return { code: 'order-version-stale', version: statement.version, current: order.version }
  }
  if (statement.orderDigest !== order.orderDigest)
    return { code: 'statement-not-for-this', field: 'order-digest' }
  if (statement.technician !== order.technician)
    return { code: 'statement-not-for-this', field: 'technician' }
  // To forbid is never too late or stopped: it only takes away.
  if (statement.kind === 'forbid') return unfitEscort(order, statement.escort, context)
  return (
    expiredRoster(context) ??
    escortRefusal(order, statement.escort, context) ??
    aboutAllowance(order, statement, context)
  )
}

/** What must hold of an allowance as a whole, beside who made it. */
function aboutAllowance(
  order: WorkOrder,
  statement: DecisionStatement,
  { at, roster }: Context,
): Refusal | undefined {
  const forward = statement.steps.find((line) => line.step.index < firstRollback(order))
  if (forward !== undefined && order.frozenBy !== null) return { code: 'order-frozen', by: order.frozenBy }
  if (forward !== undefined && isRollingBack(order))
    return { code: 'rollback-begun', step: forward.step.index }
  if (statement.roster !== roster.version) {
    return { code: 'roster-stale', signed: statement.roster, current: roster.version }
  }
  if (statement.policy !== roster.policy) return { code: 'policy-stale' }
  const { notBefore, notAfter } = statement
  if (notAfter <= notBefore) return { code: 'window-invalid', notBefore, notAfter }
  if (notBefore < order.notBefore || notAfter > order.notAfter) {
    return { code: 'window-outside-order', notBefore: order.notBefore, notAfter: order.notAfter }
  }
  if (notAfter <= at) return { code: 'window-closed', notAfter }
  return undefined
}

function aboutLines(
  order: WorkOrder,
  statement: DecisionStatement,
  key: RosterKey,
  context: Context,
): Refusal | undefined {
  const decidedSteps = new Set<number>()
  for (const line of statement.steps) {
    const { index } = line.step
    if (decidedSteps.size === decidedSteps.add(index).size) return { code: 'already-decided', step: index }
    const refusal =
      aboutLine(order, line, context) ??
      (statement.kind === 'allow' ? aboutAllowing(order, statement, line, key, context) : undefined)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The line must say exactly what was submitted, for the host keys and people that the roster has. */
function aboutLine(order: WorkOrder, line: StepLine, context: Context): Refusal | undefined {
  const { index, of } = line.step
  const step = order.steps[index - 1]
  if (step === undefined || of !== order.steps.length) return { code: 'step-unknown', step: index }
  for (const field of ['digest', 'target', 'account', 'interpreter', 'analysis'] as const) {
    if (line[field] !== step[field]) return { code: 'step-not-as-submitted', step: index, field }
  }
  const target = findTarget(context.roster, line.target)
  if (target === undefined) return { code: 'target-unknown', target: line.target }
  const isHostKey = (blob: string) =>
    keyIdOf(fromBase64(blob) ?? new Uint8Array(), context.crypto.sha256) === line.hostKey
  return target.hostKeys.some(isHostKey) ? undefined : { code: 'host-key-not-in-roster', target: line.target }
}

function aboutAllowing(
  order: WorkOrder,
  statement: DecisionStatement,
  line: StepLine,
  key: RosterKey,
  context: Context,
): Refusal | undefined {
  const { index } = line.step
  const target = findTarget(context.roster, line.target)
  if (target === undefined) return { code: 'target-unknown', target: line.target }
  if (!keyCountsFor(target, key.class)) return { code: 'key-class-not-permitted', target: line.target }
  if (succeededRun(order, index) !== undefined) return { code: 'step-done', step: index }
  const misplaced = aboutRollback(order, statement, index)
  if (misplaced !== undefined) return misplaced
  const next = nextAttempt(order, index)
  if (line.attempt !== next) return { code: 'attempt-not-next', step: index, attempt: line.attempt, next }
  if (next > mostAttempts) return { code: 'order-full', what: 'attempts', most: mostAttempts }
  const unseated = aboutSeat(order, statement, line, leastSeats(order, index, target, context), context)
  if (unseated !== undefined) return unseated
  const open = order.questions.find(
    (question) =>
      question.answer === null &&
      question.version === order.version &&
      (question.step === 0 || question.step === index),
  )
  return open === undefined ? undefined : { code: 'question-open', question: open.question }
}

/** Quorum counts people; the seat's number is what its holder was told, its total what they asked for. */
function aboutSeat(
  order: WorkOrder,
  { escort }: DecisionStatement,
  { step: { index }, attempt, seat }: StepLine,
  least: number,
  context: Context,
): Refusal | undefined {
  if (seat.of < least || seat.of > mostSeats) return { code: 'quorum-wrong', step: index, needed: least }
  // Whoever allowed under an older roster may do so again; that allowance counts no more.
  const seated = allowancesFor(order, index, attempt).filter(
    (allowance) => allowance.roster === context.roster.version,
  )
  const needed = Math.max(seat.of, seatsNeeded(seated, index, least))
  if (seated.length >= needed || seated.some((allowance) => allowance.escort === escort))
    return { code: 'already-decided', step: index }
  // One seat: the person who holds the claim reviewed it. Further seats are for people who need not hold it.
  const held = seat.of > 1 || claimant(order, context.at) === escort
  return held ? undefined : { code: 'order-not-claimed' }
}

/**
 * Rollback is decided when it is needed, apart from the work it undoes: allowed beforehand it would run by itself as
 * soon as the steps before it had ended.
 */
function aboutRollback(order: WorkOrder, statement: DecisionStatement, index: number): Refusal | undefined {
  const first = firstRollback(order)
  if (index < first) return undefined
  if (statement.steps.some((line) => line.step.index < first)) return { code: 'rollback-apart', step: index }
  const begun = currentRuns(order).some((run) => run.step < first)
  return begun ? undefined : { code: 'rollback-early', step: index }
}
