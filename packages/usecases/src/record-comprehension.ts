import { err, ok, type OrderId, type PersonId, type Result } from '@chaperone/encoding'
import { asksFirst, type ComprehensionQuestion, type Refusal, type WorkOrder } from '@chaperone/domain'
import type { Analysis, Question } from '@chaperone/analysis'
import { changeOrder, type Changed } from './change-order.ts'
import type { Office } from './office.ts'
import { openAnalysis } from './openings.ts'

/** What an escort says that a step does, before they are told. */
export interface Answer {
  readonly version: number
  readonly step: number
  readonly question: ComprehensionQuestion
  /** Which of the choices, from 1. */
  readonly answer: number | 'unknown'
}

/** Compares an answer with what the step's analysis derived, and records both. */
export async function recordComprehension(
  office: Office,
  id: OrderId,
  escort: PersonId,
  { version, step: index, question, answer }: Answer,
): Promise<Result<Changed, Refusal>> {
  const seen = await office.reader.order(id)
  const step = seen?.steps[index - 1]
  if (seen === undefined) return err({ code: 'order-unknown' })
  if (step === undefined) return err({ code: 'step-unknown', step: index })
  const asked = questionsOf(await openAnalysis(office.reader, step.analysis)).find(
    ({ ask }) => ask === question,
  )
  const offered = asked !== undefined && (answer === 'unknown' || answer <= asked.choices.length)
  if (!asksFirst(step.level) || !offered) return err({ code: 'comprehension-not-asked', step: index })
  const matched = answer !== 'unknown' && asked.right.includes(answer - 1)
  return changeOrder<Refusal>(office, id, (before, { at }) => {
    // Another version of the order has another analysis: what was compared must be what is answered.
    if (before?.steps[index - 1]?.analysis !== step.analysis)
      return err({ code: 'order-version-stale', version, current: before?.version ?? version })
    const type = 'comprehension-recorded'
    return ok([{ v: 1, type, at, order: id, version, step: index, escort, question, answer, matched }])
  })
}

type Asking = Pick<Analysis, 'level' | 'questions' | 'opaque' | 'effects'>

/**
 * What is asked about a step. Nothing where its level asks nothing, where a part cannot be known, or where no change
 * was derived: a program that is not modelled may change anything, so that no choice would surely be right.
 */
export function questionsOf({ level, questions, opaque, effects }: Asking): readonly Question[] {
  const derived = effects.some(({ group, type }) => group === 'changes' && type !== 'display-deception')
  return asksFirst(level) && opaque.length === 0 && derived ? questions : []
}

/** The questions about a step that somebody has not answered yet. */
export function unanswered(
  order: WorkOrder,
  step: number,
  person: PersonId,
  analysis: Asking,
): readonly Question[] {
  return questionsOf(analysis).filter(
    ({ ask }) =>
      !order.comprehension.some(
        (answer) => answer.step === step && answer.escort === person && answer.question === ask,
      ),
  )
}
