import type { Phase } from '../parts/words.ts'

export const stages = ['Submitted', 'In review', 'Allowed', 'Running', 'Done', 'Released'] as const

export interface Followed {
  readonly phase: Phase
  /** How many pieces were released. */
  readonly releases: number
}

/** How far an order has come, told from its phase and what was released, and from nothing else (invariant 3). */
export function stageOf({ phase, releases }: Followed): number {
  return phase === 'done' && releases > 0 ? 5 : stageOfPhase[phase]
}

const stageOfPhase: Readonly<Record<Phase, number>> = {
  'waiting-for-escort': 0,
  'in-review': 1,
  'question-open': 1,
  'waiting-for-second-escort': 1,
  forbidden: 1,
  'waiting-for-window': 2,
  running: 3,
  halted: 3,
  frozen: 3,
  done: 4,
  withdrawn: 0,
  expired: 0,
}

/** Orders that will not go on by themselves. */
export function isBroken(phase: Phase): boolean {
  return ['forbidden', 'withdrawn', 'expired', 'frozen', 'halted'].includes(phase)
}
