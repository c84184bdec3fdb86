import type { Analysis } from '@chaperone/analysis'
import type { Analysis as Shown } from '@chaperone/contract'

/** An analysis without its questions: whoever sees which answers are right need not be asked. */
export function withoutQuestions(analysis: Analysis): Shown {
  const { questions, ...shown } = structuredClone(analysis)
  return shown as unknown as Shown // same members, without `readonly`
}
