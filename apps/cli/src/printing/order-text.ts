import { fromBase64 } from '@chaperone/encoding'
import { visibleBytes, visibleText } from '@chaperone/recording'
import type { SubmittedStep, TechnicianOrder } from '@chaperone/contract'
import { facts, indent } from './table.ts'
import { requestText } from './request-text.ts'
import { phaseWords } from './words.ts'

/** A technician's own order: fixed words, their own text, what was disclosed to them. */
export function orderText(order: TechnicianOrder): string {
  const { submission } = order
  const parts = [
    `${order.order} version ${order.version}: ${phaseWords[order.phase]}; ${order.mustAct === 'nobody' ? 'nobody has to act' : `waits for: ${order.mustAct}`}`,
    facts([
      ['purpose', order.purpose],
      ['window', `${order.notBefore} to ${order.notAfter}`],
    ]),
    ...submission.steps.map((step, i) => stepText(`step ${i + 1}`, step)),
    ...submission.rollback.map((step, i) => stepText(`rollback ${i + 1}`, step)),
    ...order.questions.map((question) => questionText(question)),
    ...order.releases.map(
      ({ release, run, step, length }) =>
        `released: step ${step}, ${length} bytes; read it with\n  chaperone read ${order.order} ${release} ${run}`,
    ),
    ...order.requests.map(requestText),
  ]
  return parts.join('\n\n')
}

function stepText(title: string, step: SubmittedStep): string {
  const bytes = visibleText(visibleBytes(fromBase64(step.bytes) ?? new Uint8Array()))
  const where = `${title}: ${step.interpreter} on ${step.target} as ${step.account}, at most ${step.maxSeconds} s`
  return `${where}\n${indent(bytes.trimEnd(), '  | ')}`
}

function questionText({ question, step, text, answer }: TechnicianOrder['questions'][number]): string {
  const about = step === 0 ? 'the order' : `step ${step}`
  return `question ${question} about ${about}: ${text}\n  ${answer === null ? 'not answered yet' : `answer: ${answer}`}`
}
