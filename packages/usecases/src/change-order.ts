import { err, ok, type OrderId, type Result } from '@chaperone/encoding'
import {
  apply,
  decide,
  encodeEvent,
  statementReader,
  type Context,
  type OrderEvent,
  type Refusal,
  type WorkOrder,
} from '@chaperone/domain'
import type { Office } from './office.ts'
import type { Records } from './records.ts'
import { whileInForce } from './while-in-force.ts'

export interface Changed {
  readonly order: WorkOrder
  /** Log index of each event, in order. */
  readonly entries: readonly number[]
}

type Propose<R> = (
  order: WorkOrder | undefined,
  context: Context,
) => Result<readonly OrderEvent[], R | Refusal>
/** What belongs to the same transaction. It may refuse, as long as it has written nothing. */
type Alongside<R> = (records: Records) => Promise<R | void>

/**
 * Changes one order: `propose` says which events should happen, the domain decides each, and what it lets
 * through is stored with the order's new state in one transaction. Resolves when the log has it; a refusal
 * leaves everything as it was.
 */
export async function changeOrder<R extends { readonly code: string } = Refusal>(
  office: Office,
  id: OrderId,
  propose: Propose<R>,
  alongside: Alongside<R> = () => Promise.resolve(),
): Promise<Result<Changed, R | Refusal>> {
  const done = await whileInForce<Result<WorkOrder, R | Refusal>>(
    office,
    'to-decide',
    async (context, tx) => {
      const before = await tx.sql.lockOrder(id)
      const proposed = propose(before, context)
      if (!proposed.ok) return proposed
      const after = decideAll(before, proposed.value, context)
      if (!after.ok) return after
      const refused = await alongside(tx.sql)
      if (refused !== undefined) return err(refused)
      await tx.sql.saveOrder(after.value)
      for (const event of proposed.value) tx.append(encodeEvent(event))
      return after
    },
  )
  if (!done.value.ok) return done.value
  return ok({ order: done.value.value, entries: done.entries.map((entry) => entry.index) })
}

function decideAll(
  before: WorkOrder | undefined,
  events: readonly OrderEvent[],
  context: Context,
): Result<WorkOrder, Refusal> {
  const reader = statementReader(context.crypto)
  let order = before
  for (const event of events) {
    const decided = decide(order, event, context)
    if (!decided.ok) return decided
    order = apply(order, decided.value, reader)
  }
  return order === undefined ? err({ code: 'order-unknown' }) : ok(order)
}
