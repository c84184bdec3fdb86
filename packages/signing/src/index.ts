export { checkDraft } from './check-draft.ts'
export type {
  CheckedAction,
  CheckedDecision,
  CheckedDraft,
  CheckedRelease,
  CheckedStep,
} from './checked-draft.ts'
export type { DraftRefusal } from './draft-refusal.ts'
export type { Ground } from './ground.ts'
export { opensTo, opensToBytes } from './opened.ts'
