import { err, ok } from '@chaperone/encoding'
import { escortRefusal } from './decide-claim.ts'
import type { Context, Decided } from './decide.ts'
import { findRun } from './decide-run.ts'
import type { EventOf } from './event.ts'
import { checkStatement } from './signed-statement.ts'
import type { WorkOrder } from './work-order.ts'

/** Output leaves only by an escort's signature over exactly what leaves, for one recipient (O-1, O-4). */
export function release(order: WorkOrder, event: EventOf<'release-recorded'>, context: Context): Decided {
  const checked = checkStatement(event.statement, context.roster, context.at, context.crypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if (statement.kind !== 'release') return err({ code: 'statement-not-for-this', field: 'kind' })
  if (statement.order !== order.order) return err({ code: 'statement-not-for-this', field: 'order' })
  if (statement.recipient !== order.technician)
    return err({ code: 'recipient-wrong', recipient: statement.recipient })
  const unfit = escortRefusal(order, statement.releaser, context)
  if (unfit !== undefined) return err(unfit)
  if (statement.roster !== context.roster.version) {
    return err({ code: 'roster-stale', signed: statement.roster, current: context.roster.version })
  }
  for (const line of statement.releases) {
    const run = findRun(order, line.run)
    if (run === undefined) return err({ code: 'run-unknown', run: line.run })
    if (run.state !== 'ended') return err({ code: 'run-not-ended', run: line.run })
  }
  return ok(event)
}

/** A read by a technician: of what was released to them, or of text that an adopted rule discloses. */
export function disclose(order: WorkOrder, event: EventOf<'disclosure-recorded'>): Decided {
  if (event.recipient !== order.technician)
    return err({ code: 'recipient-wrong', recipient: event.recipient })
  if (event.basis !== 'release') return ok(event)
  const released = order.releases.some(
    (candidate) =>
      candidate.recipient === event.recipient &&
      candidate.recipientFacts === event.recipientFacts &&
      candidate.lines.some(
        (line) => line.run === event.run && line.content === event.content && line.length === event.length,
      ),
  )
  return released ? ok(event) : err({ code: 'not-released' })
}
