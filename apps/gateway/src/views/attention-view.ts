import type { PersonId } from '@chaperone/encoding'
import type { Run, WorkOrder } from '@chaperone/domain'
import type { AttentionItem } from '@chaperone/contract'
import { named } from './review-view.ts'

/** What of an order an officer must look at. It stays until the order is over, or for a run, for good. */
export function attentionOf(
  order: WorkOrder,
  names: ReadonlyMap<PersonId, string>,
): readonly AttentionItem[] {
  const { order: id, frozenBy, ended } = order
  const runs = order.runs.flatMap((run): AttentionItem[] => {
    const kind = kindOf(run)
    const by = run.killedBy === null ? null : named(names, run.killedBy)
    return kind === undefined
      ? []
      : [{ kind, order: id, run: run.run, target: run.target, at: run.endedAt, by }]
  })
  if (frozenBy === null || ended !== null) return runs
  const by = named(names, frozenBy)
  return [{ kind: 'order-frozen', order: id, run: null, target: null, at: null, by }, ...runs]
}

function kindOf({ outcome }: Run): AttentionItem['kind'] | undefined {
  switch (outcome?.result) {
    case 'unknown':
      return outcome.reason === 'start-line-missing' ? 'start-line-missing' : 'fate-unknown'
    case 'killed':
      return outcome.confirmed ? undefined : 'kill-unconfirmed'
    case 'not-started':
      return outcome.reason === 'host-key-refused' ? 'host-key-refused' : undefined
    default:
      return undefined
  }
}
