import type { problems, ProblemRow } from '@chaperone/contract'

const row = (status: number, title: string, advice: string): ProblemRow => ({ status, title, advice })

/** Codes that only a check of a draft gives, beside the product's. */
export const draftProblems = {
  'opening-mismatch': row(
    409,
    'What was handed over is not what the statement says',
    'sign nothing, and tell an officer: the gateway is broken or hostile',
  ),
  'not-signed-here': row(409, 'This kind of statement is not signed here', 'use the command line'),
} as const satisfies Record<string, ProblemRow>

/** Why a draft is not shown: a code and facts about it. */
export interface DraftRefusal {
  readonly code: keyof typeof problems | keyof typeof draftProblems
  readonly [fact: string]: unknown
}
