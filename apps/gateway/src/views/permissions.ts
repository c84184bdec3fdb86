import { instantOf, secondsOf, type PersonId } from '@chaperone/encoding'
import {
  activeRun,
  allowancesFor,
  claimant,
  currentRuns,
  decide,
  escortRefusal,
  findTarget,
  firstRollback,
  leastSeats,
  isRollingBack,
  nextAttempt,
  nextRollback,
  nextStep,
  runnableStep,
  unfitEscort,
  type Context,
  type OrderEvent,
  type Refusal,
  type WorkOrder,
} from '@chaperone/domain'
import type { Permission, Review } from '@chaperone/contract'
import type { PrepareRefusal } from '@chaperone/usecases'
import { permission } from './technician-view.ts'

/**
 * What a person may do with an order now, and why not. Where no signature is needed the domain is asked what it would
 * say; for what has to be signed, only what would waste a touch is told, and the domain judges what comes back.
 */
export function permissions(
  order: WorkOrder,
  person: PersonId,
  context: Context,
  covered: CoveredSteps,
): Review['may'] {
  const { at } = context
  const wouldBe = (event: Unaddressed) => wouldDecide(order, event, context)
  const running = activeRun(order)
  return {
    claim: mayClaim(order, person, context),
    handBack: wouldBe({ type: 'claim-returned', escort: person, to: null, note: null }),
    question: wouldBe({
      type: 'question-asked',
      version: order.version,
      step: 0,
      question: order.questions.length + 1,
      escort: person,
      text: noDigest,
    }),
    allow: permission(allowRefusal(order, person, context) ?? notSaid(covered.work)),
    forbid: permission(ended(order) ?? unfitEscort(order, person, context)),
    kill: wouldBe({ type: 'kill-requested', run: running?.run ?? noRun, person }),
    freeze: nothingAllowed(order) ?? wouldBe({ type: 'order-frozen', version: order.version, person }),
    release: permission(expired(context) ?? escortRefusal(order, person, context) ?? nothingRan(order)),
    declineOutput: permission(expired(context) ?? escortRefusal(order, person, context)),
    rollback: permission(
      ended(order) ??
        expired(context) ??
        escortRefusal(order, person, context) ??
        unheldForSeat(order, person, context) ??
        (at < order.notAfter ? undefined : { code: 'window-closed', notAfter: order.notAfter }) ??
        rollbackRefusal(order) ??
        notSaid(covered.rollback),
    ),
  }
}

export function mayClaim(order: WorkOrder, person: PersonId, context: Context): Permission {
  const until = instantOf(secondsOf(context.at) + 3600)
  const { version } = order
  return wouldDecide(order, { type: 'order-claimed', version, escort: person, until }, context)
}

/** The first step of each part that is covered until this person has said what it does. */
export interface CoveredSteps {
  readonly work: number | undefined
  readonly rollback: number | undefined
}

function notSaid(step: number | undefined): PrepareRefusal | undefined {
  return step === undefined ? undefined : { code: 'comprehension-missing', step }
}

type Unaddressed = OrderEvent extends infer E
  ? E extends OrderEvent
    ? Omit<E, 'v' | 'at' | 'order'>
    : never
  : never

function wouldDecide(order: WorkOrder, event: Unaddressed, context: Context): Permission {
  const whole = { ...event, v: 1, at: context.at, order: order.order } as OrderEvent // the members just left out
  const decided = decide(order, whole, context)
  return permission(decided.ok ? undefined : decided.error)
}

const noDigest = '0'.repeat(64)
const noRun = '0'.repeat(32)

function allowRefusal(order: WorkOrder, person: PersonId, context: Context): Refusal | undefined {
  const { at } = context
  const running = activeRun(order)
  return (
    ended(order) ??
    expired(context) ??
    escortRefusal(order, person, context) ??
    unheldForSeat(order, person, context) ??
    (order.frozenBy === null ? undefined : { code: 'order-frozen', by: order.frozenBy }) ??
    (at < order.notAfter ? undefined : { code: 'window-closed', notAfter: order.notAfter }) ??
    (isRollingBack(order) ? { code: 'rollback-begun', step: firstRollback(order) } : undefined) ??
    (nextStep(order) === undefined ? { code: 'step-done', step: order.steps.length } : undefined) ??
    (running === undefined ? undefined : { code: 'run-in-progress', run: running.run }) ??
    alreadyAllowed(order, person, context) ??
    openQuestion(order)
  )
}

function ended(order: WorkOrder): Refusal | undefined {
  return order.ended === null ? undefined : { code: 'order-ended', ended: order.ended }
}

function expired({ roster, at }: Context): Refusal | undefined {
  return roster.expires <= at ? { code: 'roster-expired', expires: roster.expires } : undefined
}

function nothingAllowed(order: WorkOrder): Permission | undefined {
  const nothing = order.allowances.length === 0 && order.runs.length === 0
  return nothing ? permission({ code: 'quorum-missing', step: 1, have: 0, needed: 1 }) : undefined
}

function nothingRan(order: WorkOrder): Refusal | undefined {
  return order.runs.some((run) => run.state === 'ended') ? undefined : { code: 'run-unknown', run: noRun }
}

/** With one seat the claim holder decides; with more, anybody eligible who has not. */
function unheldForSeat(order: WorkOrder, person: PersonId, context: Context): Refusal | undefined {
  const needed = Math.max(
    ...order.steps.map((step, i) => {
      const target = findTarget(context.roster, step.target)
      return target === undefined ? 1 : leastSeats(order, i + 1, target, context)
    }),
  )
  return needed > 1 || claimant(order, context.at) === person ? undefined : { code: 'order-not-claimed' }
}

function alreadyAllowed(order: WorkOrder, person: PersonId, { roster }: Context): Refusal | undefined {
  const step = runnableStep(order, roster.version) ?? nextStep(order)
  if (step === undefined) return undefined
  const mine = allowancesFor(order, step, nextAttempt(order, step)).some(
    (allowance) => allowance.escort === person && allowance.roster === roster.version,
  )
  return mine ? { code: 'already-decided', step } : undefined
}

function openQuestion(order: WorkOrder): Refusal | undefined {
  const open = order.questions.find(
    (question) => question.answer === null && question.version === order.version,
  )
  return open === undefined ? undefined : { code: 'question-open', question: open.question }
}

function rollbackRefusal(order: WorkOrder): Refusal | undefined {
  const next = nextRollback(order)
  if (next === undefined) return { code: 'step-unknown', step: order.steps.length + 1 }
  const running = activeRun(order)
  if (running !== undefined) return { code: 'run-in-progress', run: running.run }
  return currentRuns(order).some((run) => run.step < firstRollback(order))
    ? undefined
    : { code: 'rollback-early', step: next }
}
