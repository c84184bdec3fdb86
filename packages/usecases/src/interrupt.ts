import { ok, type OrderId, type PersonId, type Result, type RunId } from '@chaperone/encoding'
import { activeRun, type OrderEvent, type Refusal } from '@chaperone/domain'
import { changeOrder, type Changed } from './change-order.ts'
import type { Office } from './office.ts'

type Outcome = Promise<Result<Changed, Refusal>>

/** Kills a run. It acts before it is written: `act` is called at once, the record follows. */
export async function killRun(
  office: Office,
  order: OrderId,
  run: RunId,
  person: PersonId,
  act: (run: RunId) => void,
): Outcome {
  const known = await office.reader.order(order)
  if (known?.runs.some((candidate) => candidate.run === run) === true) act(run)
  return changeOrder<Refusal>(office, order, (_, { at }) =>
    ok([{ v: 1, type: 'kill-requested', at, order, run, person }]),
  )
}

/** "I allowed wrongly": kills what runs and freezes the order; an officer and the rollback come next. */
export async function freezeOrder(
  office: Office,
  order: OrderId,
  version: number,
  person: PersonId,
  act: (run: RunId) => void,
): Outcome {
  const known = await office.reader.order(order)
  const running = known === undefined ? undefined : activeRun(known)
  if (running !== undefined) act(running.run)
  return changeOrder<Refusal>(office, order, (before, { at }) => {
    const active = before === undefined ? undefined : activeRun(before)
    const kill: OrderEvent[] =
      active === undefined || active.killedBy !== null
        ? []
        : [{ v: 1, type: 'kill-requested', at, order, run: active.run, person }]
    return ok([...kill, { v: 1, type: 'order-frozen', at, order, version, person }])
  })
}
