import type { draftProblems, problems } from '@chaperone/contract'

/** Why a draft is not shown: a code and facts about it. */
export interface DraftRefusal {
  readonly code: keyof typeof problems | keyof typeof draftProblems
  readonly [fact: string]: unknown
}
