import type { Crypto, Digest, Instant, Result } from '@chaperone/encoding'
import { err, ok, toHex, utf8 } from '@chaperone/encoding'
import type { EventOf, OrderEvent } from './event.ts'
import { hasRole, type Roster } from './roster.ts'
import { answer, ask, claim, handBack } from './decide-claim.ts'
import { recordComprehension } from './decide-comprehension.ts'
import { decideDecision } from './decide-decision.ts'
import { end, findRun, freeze, intend, mayInterrupt, requestKill, start } from './decide-run.ts'
import { declineOutput, requestOutput } from './decide-output.ts'
import { disclose, release } from './decide-release.ts'
import { revise, submit, withdraw } from './decide-submit.ts'
import { checkStatement } from './signed-statement.ts'
import type { Refusal } from './refusal.ts'
import type { Statement } from './statement.ts'
import type { Stop } from './stop.ts'
import { activeRun, type StatementReader, type WorkOrder } from './work-order.ts'

/** What was in force when an event was proposed. A verifier rebuilds it from the entries before. */
export interface Context {
  readonly at: Instant
  readonly roster: Roster
  readonly stops: readonly Stop[]
  readonly crypto: Crypto
}

export type Decided = Result<OrderEvent, Refusal>

/**
 * Decides whether a proposed event may happen. Every way to say no is a line of one of the functions below;
 * what none refuses is recorded. The gateway asks before it writes, the verifier asks again of every entry.
 */
export function decide(order: WorkOrder | undefined, event: OrderEvent, context: Context): Decided {
  if (event.type === 'order-submitted') {
    return order === undefined ? submit(event, context) : err({ code: 'order-exists' })
  }
  if (order?.order !== event.order) return err({ code: 'order-unknown' })
  if (order.erased) return err({ code: 'order-erased' })
  switch (event.type) {
    case 'order-revised':
      return revise(order, event, context)
    case 'order-withdrawn':
      return withdraw(order, event)
    case 'order-claimed':
      return claim(order, event, context)
    case 'claim-returned':
      return handBack(order, event, context)
    case 'question-asked':
      return ask(order, event, context)
    case 'question-answered':
      return answer(order, event)
    case 'output-requested':
      return requestOutput(order, event, context)
    case 'output-declined':
      return declineOutput(order, event, context)
    case 'comprehension-recorded':
      return recordComprehension(order, event, context)
    case 'decision-recorded':
      return decideDecision(order, event, context)
    case 'run-intended':
      return intend(order, event, context)
    case 'run-started':
      return start(order, event)
    case 'run-ended':
      return end(order, event)
    case 'kill-requested':
      return requestKill(order, event, context)
    case 'order-frozen':
      return freeze(order, event, context)
    case 'action-signed':
      return signAction(order, event, context)
    case 'release-recorded':
      return release(order, event, context)
    case 'disclosure-recorded':
      return disclose(order, event, context)
    case 'erased':
      return erase(order, event, context)
  }
}

/** The signature that follows an act of haste counts as evidence; the act has happened already. */
function signAction(
  order: WorkOrder,
  event: Extract<OrderEvent, { type: 'action-signed' }>,
  context: Context,
): Decided {
  const checked = checkStatement(event.statement, context.roster, context.at, context.crypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if ('order' in statement && statement.order !== order.order)
    return err({ code: 'statement-not-for-this', field: 'order' })
  const { person } = checked.value
  if ((statement.kind === 'kill' || statement.kind === 'freeze') && !mayInterrupt(person, context))
    return err({ code: 'not-permitted', person })
  const field = unfollowed(order, statement)
  return field === undefined ? ok(event) : err({ code: 'statement-not-for-this', field })
}

/** What the statement names and did not happen, or `undefined` for the signature of something that did. */
function unfollowed(order: WorkOrder, statement: Statement): string | undefined {
  switch (statement.kind) {
    case 'kill':
      return typeof findRun(order, statement.run)?.killedBy === 'string' ? undefined : 'run'
    case 'freeze':
      return order.frozenBy === statement.escort ? undefined : 'escort'
    case 'withdraw':
      if (statement.technician !== order.technician) return 'technician'
      return order.ended === 'withdrawn' && statement.version === order.version ? undefined : 'version'
    case 'submit':
      if (statement.technician !== order.technician) return 'technician'
      if (statement.version !== order.version) return 'version'
      return statement.orderDigest === order.orderDigest ? undefined : 'order-digest'
    default:
      return 'kind'
  }
}

/** Officers erase, and nothing that still runs: its end could not be written any more. */
function erase(order: WorkOrder, event: EventOf<'erased'>, { roster, at }: Context): Decided {
  const running = activeRun(order)
  if (running !== undefined) return err({ code: 'run-in-progress', run: running.run })
  return hasRole(roster, event.by, 'officer', at)
    ? ok(event)
    : err({ code: 'not-permitted', person: event.by })
}

/** Names statements by digest, for `apply`. */
export function statementReader(crypto: Pick<Crypto, 'sha256'>): StatementReader {
  return { digestOf: (text: string): Digest => toHex(crypto.sha256(utf8(text))) }
}
