import { outcomeWords } from '../parts/words.ts'
import type { StepState } from './order-progress.ts'

/** Where a step stands, in a few words. */
export function stateWords(state: StepState): string {
  switch (state.kind) {
    case 'undecided':
      return 'not decided'
    case 'partly-allowed':
      return `allowed by ${state.have} of ${state.needed}`
    case 'allowed':
      return 'allowed, waiting'
    case 'running':
      return state.run.state === 'intended' ? 'connecting' : 'running'
    case 'ended':
      return state.run.outcome === null ? 'ended' : outcomeWords(state.run.outcome).name.toLowerCase()
  }
}
