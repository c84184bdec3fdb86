import type { PersonId } from '@chaperone/encoding'
import { decide, type Context, type WorkOrder } from '@chaperone/domain'
import { questionsOf, unanswered, type OpenedStep } from '@chaperone/usecases'
import type { NamedPerson, ReviewStep } from '@chaperone/contract'
import { permission } from './technician-view.ts'

type Understanding = ReviewStep['understanding']

/** Refusals that pass: what is covered now stays so until then. */
const passing = new Set(['order-not-claimed', 'roster-expired', 'stopped'])

/**
 * What somebody is asked about a step, and whether our words for it are kept from them until they have said what it
 * does themselves. Which choices are right never leaves the gateway.
 */
export function understandingOf(
  order: WorkOrder,
  index: number,
  { analysis }: Pick<OpenedStep, 'analysis'>,
  person: PersonId,
  context: Context,
  named: (person: PersonId) => NamedPerson,
): Understanding {
  const answers = order.comprehension.filter((answer) => answer.step === index)
  const [next] = unanswered(order, index, person, analysis)
  const decided =
    next === undefined
      ? undefined
      : decide(
          order,
          {
            v: 1,
            type: 'comprehension-recorded',
            at: context.at,
            order: order.order,
            version: order.version,
            step: index,
            escort: person,
            question: next.ask,
            answer: 'unknown',
            matched: false,
          },
          context,
        )
  const refusal = decided?.ok === false ? decided.error : undefined
  return {
    covered: decided !== undefined && (refusal === undefined || passing.has(refusal.code)),
    may: permission(refusal),
    questions: questionsOf(analysis).map(({ ask, text, choices }) => {
      const mine = answers.find(({ escort, question }) => escort === person && question === ask)
      return {
        ask,
        text,
        choices: [...choices],
        answer: mine?.answer ?? null,
        matched: mine?.matched ?? null,
      }
    }),
    doubtedBy: [...new Set(answers.filter(({ matched }) => !matched).map(({ escort }) => escort))].map(named),
  }
}

/** An analysis without what would give an answer away. Dangers and what cannot be known are never kept back. */
export function coveredAnalysis(analysis: ReviewStep['analysis']): ReviewStep['analysis'] {
  return {
    ...analysis,
    summary: '',
    commands: analysis.commands.map((command) => ({ ...command, explanation: '' })),
    effects: [],
    undeclared: [],
  }
}
