import type { RunId } from '@chaperone/encoding'
import { decodeEvent, predecessorOf, succeededRun, type WorkOrder } from '@chaperone/domain'
import type { Office } from '../office.ts'

/** The run whose success a step rests on, with the entry that says it succeeded; `null` for a first step. */
export type RestsOn = { readonly run: RunId; readonly entry: number } | null

export async function restsOn(office: Office, order: WorkOrder, step: number): Promise<RestsOn> {
  const digests = order.steps.map((candidate) => candidate.digest)
  const needs = predecessorOf({ steps: digests, rollbackSteps: order.rollbackSteps }, step)
  const before = needs === undefined ? undefined : succeededRun(order, needs)
  if (before === undefined) return null
  const entry = await entryOfEnd(office, before.run)
  return entry === undefined ? null : { run: before.run, entry }
}

const lookBack = 2000

/** Searches the log from its end: a predecessor is nearly always recent. */
async function entryOfEnd({ ledger }: Office, run: RunId): Promise<number | undefined> {
  for (let to = (await ledger.head()).size; to > 0; to -= lookBack) {
    const entries = await ledger.entries(Math.max(0, to - lookBack), to)
    const found = entries.findLast((entry) => {
      const event = decodeEvent(entry.leaf)
      return event.ok && event.value.type === 'run-ended' && event.value.run === run
    })
    if (found !== undefined) return found.index
  }
  return undefined
}
