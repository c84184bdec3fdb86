export { checkDraft } from './check-draft.ts'
export type {
  CheckedAction,
  CheckedDecision,
  CheckedDraft,
  CheckedRelease,
  CheckedStep,
} from './checked-draft.ts'
export { draftProblems, type DraftRefusal } from './draft-refusal.ts'
export type { Ground } from './ground.ts'
export { opensTo, opensToBytes } from './opened.ts'
