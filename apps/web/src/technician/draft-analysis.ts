import type { Analysis, AnalysisDraft } from '@chaperone/contract'
import { toBase64 } from '@chaperone/encoding'
import { bytesOf, type Draft, type DraftStep } from './draft.ts'
import { effectTypes } from './effect-types.ts'

/** More than this is not sent while somebody types. */
const largestDraft = 1024 * 1024

/** The steps of a draft that can be analysed, in the order in which they would run; nothing where there are none. */
export function analysableSteps(draft: Pick<Draft, 'steps' | 'rollback'>): readonly DraftStep[] {
  const steps = [...draft.steps, ...draft.rollback].filter(
    ({ content, target, account }) =>
      target !== '' && account !== '' && (content.kind !== 'text' || content.text.trim() !== ''),
  )
  const sizes = steps.map((step) => bytesOf(step.content).length)
  return sizes.reduce((sum, size) => sum + size, 0) > largestDraft ? [] : steps
}

/** What is sent for it. */
export function analysisDraft(steps: readonly DraftStep[], effects: Draft['effects']): AnalysisDraft {
  return {
    steps: steps.map(({ target, account, interpreter, content, files }) => ({
      target,
      account,
      interpreter,
      bytes: toBase64(bytesOf(content)),
      files: [...(files ?? [])],
    })),
    effects: (effects ?? []).map(({ effect, place }) => ({ effect, place })),
  }
}

type Declared = { readonly effect: string; readonly place: string }

/** Effects that were derived and not declared, each once, as they can be declared. */
export function effectsToDeclare(analyses: readonly Analysis[]): readonly Declared[] {
  const known: readonly string[] = effectTypes
  const found = analyses
    .flatMap(({ undeclared }) => undeclared)
    .filter(({ type }) => known.includes(type))
    .map(({ type, place }) => ({ effect: type, place: place.slice(0, 512) }))
  return [...new Map(found.map((one) => [`${one.effect} ${one.place}`, one])).values()]
}
