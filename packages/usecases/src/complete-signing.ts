import {
  canonicalBytes,
  err,
  ok,
  toHex,
  utf8,
  type OrderId,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import type { OrderEvent, Refusal, SignedStatement } from '@chaperone/domain'
import { changeOrder } from './change-order.ts'
import type { Office } from './office.ts'
import type { Opening, Ticket } from './records.ts'

export type CompleteRefusal = Refusal | { readonly code: 'ticket-invalid' }

/** The ticket, if it is this person's, of these bytes and still open. */
export async function openTicket(
  office: Office,
  secret: string,
  person?: PersonId,
): Promise<Ticket | undefined> {
  const ticket = await office.reader.ticket(secret)
  const usable =
    ticket !== undefined &&
    office.clock.now() < ticket.expires &&
    (person === undefined || ticket.person === person)
  return usable ? ticket : undefined
}

/**
 * Takes a signed statement in. Its bytes must be those that were prepared; whether it counts is the domain's to say.
 * The ticket is spent in the same transaction, so that a statement is recorded once.
 */
export async function completeSigning(
  office: Office,
  secret: string,
  signed: SignedStatement,
  person?: PersonId,
): Promise<Result<{ readonly order: OrderId }, CompleteRefusal>> {
  const ticket = await openTicket(office, secret, person)
  if (ticket === undefined || ticket.statement !== signed.text) return err({ code: 'ticket-invalid' })
  const { order } = ticket
  const done = await changeOrder<CompleteRefusal>(
    office,
    order,
    (_, { at }) => ok([eventFor(ticket, signed, at)]),
    async (records) => {
      if ((await records.takeTicket(secret)) === undefined) return { code: 'ticket-invalid' }
      return records.putOpening(statementOpening(office, order, signed))
    },
  )
  return done.ok ? ok({ order }) : done
}

/** The signed statement itself, found by the digest that other events name it by. */
function statementOpening(office: Office, order: OrderId, { text, signature }: SignedStatement): Opening {
  const commitment = toHex(office.crypto.sha256(utf8(text)))
  return {
    commitment,
    order,
    kind: 'statement',
    salt: '0'.repeat(64),
    value: canonicalBytes({ text, signature }),
  }
}

function eventFor(ticket: Ticket, statement: SignedStatement, at: string): OrderEvent {
  const { order } = ticket
  switch (ticket.kind) {
    case 'allow':
    case 'forbid':
      return { v: 1, type: 'decision-recorded', at, order, statement }
    case 'release':
      return { v: 1, type: 'release-recorded', at, order, statement }
    case 'freeze':
    case 'kill':
      return { v: 1, type: 'action-signed', at, order, statement }
  }
}
