import { err, ok, type Result } from '@chaperone/encoding'
import { sizeWords, type Me, type Submission } from '@chaperone/contract'
import { largestOrder, largestStep } from '@chaperone/domain'
import { sentence } from '../parts/Notes.tsx'
import { formatBytes, formatDuration, fromLocalInput } from '../parts/format-time.ts'
import { bytesOf, sizeOf, submittedStep, type Draft, type DraftStep } from './draft.ts'

/** What is wrong, by field: `purpose`, `closes`, `step-2.seconds`, … */
export type DraftProblems = Readonly<Record<string, string>>

const longestWindowSeconds = 7 * 24 * 60 * 60

/** The submission of a draft, or what to correct. The gateway judges it again. */
export function checkDraft(draft: Draft, me: Pick<Me, 'targets'>): Result<Submission, DraftProblems> {
  const steps = [...draft.steps, ...draft.rollback]
  const found = [
    ...textProblems(draft),
    ...windowProblems(draft),
    ...steps.flatMap((step) => stepProblems(step, me)),
    ...sizeProblem(steps),
  ]
  if (found.length > 0) return err(Object.fromEntries(found))
  const { purpose, fault, component, mayShow, effects, opens, closes } = draft
  return ok({
    purpose,
    fault,
    component,
    mayShow,
    effects,
    notBefore: fromLocalInput(opens) ?? '',
    notAfter: fromLocalInput(closes) ?? '',
    steps: draft.steps.map(submittedStep),
    rollback: draft.rollback.map(submittedStep),
  })
}

type Found = readonly (readonly [field: string, problem: string])[]

function textProblems(draft: Draft): Found {
  const missing: Found = draft.purpose.trim() === '' ? [['purpose', 'Say what the work is for.']] : []
  const fields = ['purpose', 'fault', 'component', 'mayShow'] as const
  return [
    ...missing,
    ...fields.filter((field) => !draft[field].isWellFormed()).map((field) => [field, brokenText] as const),
    ...(draft.steps.length === 0 ? ([['steps', 'An order needs at least one step.']] as const) : []),
  ]
}

const brokenText = 'It has half of a character in it: type that part again.'

function windowProblems({ opens, closes }: Draft): Found {
  const [from, to] = [fromLocalInput(opens), fromLocalInput(closes)]
  if (from === undefined) return [['opens', 'Say when it may begin.']]
  if (to === undefined) return [['closes', 'Say when it must be over.']]
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000
  if (seconds <= 0) return [['closes', 'It must end after it begins.']]
  return seconds > longestWindowSeconds ? [['closes', 'At most seven days after it begins.']] : []
}

function stepProblems(step: DraftStep, me: Pick<Me, 'targets'>): Found {
  const target = me.targets.find((candidate) => candidate.target === step.target)
  const found = (field: string, problem: string | undefined): Found =>
    problem === undefined ? [] : [[`${step.key}.${field}`, problem]]
  const mayAccount = target?.accounts.includes(step.account) === true
  const mayInterpret = target?.interpreters.includes(step.interpreter) === true
  return [
    ...found('target', target === undefined ? 'Choose a target.' : undefined),
    ...found('account', mayAccount ? undefined : 'Choose an account of the target.'),
    ...found('interpreter', mayInterpret ? undefined : 'The target does not run this.'),
    ...found('content', contentProblem(step)),
    ...found('expected', step.expected.isWellFormed() ? undefined : brokenText),
    ...found('seconds', secondsProblem(step.seconds, target?.maxSeconds ?? 0)),
  ]
}

function sizeProblem(steps: readonly DraftStep[]): Found {
  const size = steps.reduce((sum, step) => sum + sizeOfStep(step), 0)
  return size > largestOrder
    ? [['steps', `${sentence(sizeWords.order)} These have ${formatBytes(size)}.`]]
    : []
}

function sizeOfStep({ content, files }: Pick<DraftStep, 'content' | 'files'>): number {
  return files.reduce((sum, file) => sum + sizeOf(file.content), bytesOf(content).length)
}

function contentProblem({ content, files }: DraftStep): string | undefined {
  if (content.kind === 'text' && !content.text.isWellFormed()) return brokenText
  if (bytesOf(content).length === 0) return 'Type the exact commands.'
  const size = sizeOfStep({ content, files })
  return size > largestStep ? `${sentence(sizeWords.step)} These have ${formatBytes(size)}.` : undefined
}

function secondsProblem(text: string, most: number): string | undefined {
  const seconds = Number(text)
  if (!/^\d{1,5}$/.test(text) || seconds < 1) return 'A whole number of seconds.'
  return seconds > most && most > 0 ? `At most ${formatDuration(most)} on this target.` : undefined
}
