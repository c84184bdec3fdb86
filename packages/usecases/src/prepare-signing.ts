import {
  err,
  fromBase64,
  instantOf,
  keyIdOf,
  ok,
  secondsOf,
  toBase64Url,
  toHex,
  fromUtf8,
  type Digest,
  type OrderId,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import {
  activeRun,
  asksFirst,
  claimant,
  escortRefusal,
  findTarget,
  leastSeats,
  firstRollback,
  nextAttempt,
  allowancesFor,
  printStatement,
  succeededRun,
  type Context,
  type Refusal,
  type Statement,
  type StepLine,
  type WorkOrder,
} from '@chaperone/domain'
import { textOpening } from './converse.ts'
import type { Office } from './office.ts'
import { openAnalysis } from './openings.ts'
import { contextNow } from './organisation.ts'
import { unanswered } from './record-comprehension.ts'
import { recipientFacts } from './recipient-facts.ts'
import type { Opening, Ticket } from './records.ts'

/** What somebody wants to sign. */
export type SigningWish =
  | { readonly kind: 'allow' | 'forbid'; readonly version: number; readonly steps: readonly number[] }
  | {
      readonly kind: 'release'
      readonly version: number
      readonly releases: readonly { readonly run: string; readonly text: string }[]
    }
  | { readonly kind: 'freeze'; readonly version: number }
  | { readonly kind: 'kill'; readonly run: string }

export type PrepareRefusal =
  | Refusal
  | { readonly code: 'release-empty' }
  | { readonly code: 'comprehension-missing'; readonly step: number }

const ticketSeconds = 15 * 60

/**
 * Prepares a statement for one person to sign: it is stored under a one-time ticket, and only exactly these bytes are
 * taken back. What it says is judged when it comes back signed; only what would waste a touch is refused here.
 */
export async function prepareSigning(
  office: Office,
  id: OrderId,
  person: PersonId,
  wish: SigningWish,
): Promise<Result<{ readonly ticket: string }, PrepareRefusal>> {
  const context = await contextNow(office)
  const order = await office.reader.order(id)
  if (order === undefined) return err({ code: 'order-unknown' })
  const openings: Opening[] = []
  const statement = await stateIt(office, order, person, wish, context, openings)
  if (!statement.ok) return statement
  const secret = office.random(32)
  const ticket: Ticket = {
    secret: toHex(office.crypto.sha256(secret)),
    person,
    order: id,
    kind: wish.kind,
    statement: fromUtf8(printStatement(statement.value)) ?? '',
    expires: instantOf(secondsOf(context.at) + ticketSeconds),
  }
  await office.ledger.transact(async (tx) => {
    for (const opening of openings) await tx.sql.putOpening(opening)
    await tx.sql.putTicket(ticket)
  })
  return ok({ ticket: toBase64Url(secret) })
}

async function stateIt(
  office: Office,
  order: WorkOrder,
  person: PersonId,
  wish: SigningWish,
  context: Context,
  openings: Opening[],
): Promise<Result<Statement, PrepareRefusal>> {
  const { at } = context
  switch (wish.kind) {
    case 'freeze':
      return ok({ kind: 'freeze', order: order.order, version: wish.version, escort: person, issued: at })
    case 'kill':
      return ok({ kind: 'kill', order: order.order, run: wish.run, person, issued: at })
    case 'release':
      return releaseStatement(office, order, person, wish, context, openings)
    default:
      return decisionStatement(office, order, person, wish, context)
  }
}

async function seen(office: Office, { roster }: Context) {
  const head = await office.ledger.head()
  return { policy: roster.policy, roster: roster.version, logSize: head.size, logRoot: toHex(head.root) }
}

async function decisionStatement(
  office: Office,
  order: WorkOrder,
  person: PersonId,
  wish: Extract<SigningWish, { kind: 'allow' | 'forbid' }>,
  context: Context,
): Promise<Result<Statement, PrepareRefusal>> {
  const unfit = escortRefusal(order, person, context)
  if (unfit !== undefined) return err(unfit)
  if (wish.version !== order.version) {
    return err({ code: 'order-version-stale', version: wish.version, current: order.version })
  }
  const futile = wish.kind === 'allow' ? futileRefusal(order, wish.steps, context) : undefined
  if (futile !== undefined) return err(futile)
  const lines: StepLine[] = []
  for (const index of [...new Set(wish.steps)].sort((a, b) => a - b)) {
    const line = stepLine(office, order, index, context)
    if (!line.ok) return line
    if (wish.kind === 'allow' && succeededRun(order, index) !== undefined)
      return err({ code: 'step-done', step: index })
    if (wish.kind === 'allow' && line.value.seat.of === 1 && claimant(order, context.at) !== person) {
      return err({ code: 'order-not-claimed' })
    }
    lines.push(line.value)
    if (wish.kind === 'allow' && (await isUnanswered(office, order, index, person)))
      return err({ code: 'comprehension-missing', step: index })
  }
  const { notBefore, notAfter, technician, version, orderDigest } = order
  const about = {
    order: order.order,
    version,
    orderDigest,
    steps: lines,
    technician,
    escort: person,
    notBefore,
    notAfter,
  }
  return ok({ kind: wish.kind, ...about, ...(await seen(office, context)) })
}

/** Whether somebody was not asked yet what a step does, or did not say. */
async function isUnanswered(
  office: Office,
  order: WorkOrder,
  index: number,
  person: PersonId,
): Promise<boolean> {
  const step = order.steps[index - 1]
  if (step === undefined || !asksFirst(step.level)) return false
  return unanswered(order, index, person, await openAnalysis(office.reader, step.analysis)).length > 0
}

/** Why an allowance could not count now, whatever it says of its steps. */
function futileRefusal(
  order: WorkOrder,
  steps: readonly number[],
  { at, roster }: Context,
): Refusal | undefined {
  if (order.ended !== null) return { code: 'order-ended', ended: order.ended }
  if (roster.expires <= at) return { code: 'roster-expired', expires: roster.expires }
  const forward = steps.some((step) => step < firstRollback(order))
  if (order.frozenBy !== null && forward) return { code: 'order-frozen', by: order.frozenBy }
  if (order.notAfter <= at) return { code: 'window-closed', notAfter: order.notAfter }
  const running = activeRun(order)
  return running === undefined ? undefined : { code: 'run-in-progress', run: running.run }
}

function stepLine(
  office: Office,
  order: WorkOrder,
  index: number,
  context: Context,
): Result<StepLine, Refusal> {
  const step = order.steps[index - 1]
  if (step === undefined) return err({ code: 'step-unknown', step: index })
  const target = findTarget(context.roster, step.target)
  const hostKey = fromBase64(target?.hostKeys[0] ?? '')
  if (target === undefined || hostKey === undefined)
    return err({ code: 'target-unknown', target: step.target })
  const attempt = nextAttempt(order, index)
  const seated = allowancesFor(order, index, attempt).filter(
    (allowance) => allowance.roster === context.roster.version,
  ).length
  const needed = leastSeats(order, index, target, context)
  const { digest, account, interpreter, analysis } = step
  return ok({
    step: { index, of: order.steps.length },
    attempt,
    digest,
    target: step.target,
    hostKey: keyIdOf(hostKey, office.crypto.sha256),
    account,
    interpreter,
    analysis,
    seat: { index: Math.min(seated + 1, needed), of: needed },
  })
}

async function releaseStatement(
  office: Office,
  order: WorkOrder,
  person: PersonId,
  wish: Extract<SigningWish, { kind: 'release' }>,
  context: Context,
  openings: Opening[],
): Promise<Result<Statement, PrepareRefusal>> {
  const unfit = escortRefusal(order, person, context)
  if (unfit !== undefined) return err(unfit)
  if (wish.releases.every((release) => release.text === '')) return err({ code: 'release-empty' })
  const facts = recipientFacts(office, order.order, order.technician, context.roster, context.at)
  openings.push(facts)
  const lines = wish.releases.map(({ run, text }) => {
    const opening = textOpening(office, order.order, 'release', text)
    openings.push(opening)
    return { run, content: opening.commitment, length: opening.value.length }
  })
  return ok({
    kind: 'release',
    order: order.order,
    version: order.version,
    releases: lines,
    recipient: order.technician,
    recipientFacts: facts.commitment,
    releaser: person,
    issued: context.at,
    ...(await seen(office, context)),
  })
}

export function ticketSecret(office: Pick<Office, 'crypto'>, ticket: Uint8Array): Digest {
  return toHex(office.crypto.sha256(ticket))
}
