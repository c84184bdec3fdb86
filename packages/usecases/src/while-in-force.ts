import { Fault } from '@chaperone/encoding'
import type { Context } from '@chaperone/domain'
import type { LedgerTransaction, Transacted } from './ledger.ts'
import type { Office } from './office.ts'
import { contextNow } from './organisation.ts'
import type { Hold, InForce, Records } from './records.ts'

const mostTries = 5

/**
 * Does `work` in a transaction while nothing else can come into force or go, so that what it writes is judged by what a
 * verifier will find in force before it. `hold` says whether it changes that itself. `work` may be done again: it must
 * leave nothing behind outside its transaction.
 */
export async function whileInForce<T>(
  office: Office,
  hold: Hold,
  work: (context: Context, tx: LedgerTransaction<Records>) => Promise<T>,
): Promise<Transacted<T>> {
  for (let tries = 0; tries < mostTries; tries++) {
    const context = await contextNow(office)
    const done = await office.ledger.transact(async (tx) =>
      isInForce(context, await tx.sql.holdInForce(hold)) ? { kept: await work(context, tx) } : undefined,
    )
    if (done.value !== undefined) return { value: done.value.kept, entries: done.entries }
  }
  throw new Fault('store-conflict', 'what is in force keeps changing', { retryable: true })
}

function isInForce({ roster, stops }: Context, held: InForce): boolean {
  const known = stops.map((stop) => stop.stop).sort()
  return (
    roster.version === held.roster &&
    known.length === held.stops.length &&
    [...held.stops].sort().every((stop, i) => stop === known[i])
  )
}
