import type { TechnicianOrder } from '@chaperone/contract'

/** What a technician calls a step: rollback steps are counted by themselves. */
export function stepNameOf({ submission }: Pick<TechnicianOrder, 'submission'>, step: number): string {
  const before = submission.steps.length
  return step > before ? `rollback step ${step - before}` : `step ${step}`
}
