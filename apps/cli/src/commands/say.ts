import type { Command } from 'commander'
import type { BodyOf, Review } from '@chaperone/contract'
import { signedInGateway } from '../here.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'

type Question = BodyOf<'recordComprehension'>['question']

/** Says what a serious step does before being told: without it nobody allows one. */
export function addSay(program: Command, print: Printer): void {
  program
    .command('say')
    .description('Say what a serious step does, before you are told; without an answer, lists what is asked')
    .argument('<order>')
    .argument('[step]', 'its number')
    .argument('[question]', 'what-changes or what-is-interrupted')
    .argument('[answer]', 'the number of a choice, or `unknown`: that calls a second escort')
    .action(async (order: string, step?: string, question?: string, answer?: string) => {
      const gateway = signedInGateway()
      const review = await gateway.call('review', { params: { order } })
      if (step === undefined) return print.result(asked(review), questionsText(review))
      if (question === undefined || answer === undefined) throw new UsageError('needs STEP QUESTION ANSWER')
      const body = {
        version: review.version,
        step: Number(step),
        question: question as Question, // the gateway refuses any other word
        answer: answer === 'unknown' ? ('unknown' as const) : Number(answer),
      }
      const after = await gateway.call('recordComprehension', { params: { order }, body })
      const told = after.steps.find((one) => one.step === body.step)
      const said = told?.understanding.questions.find((one) => one.ask === question)
      if (said === undefined) throw new Refused({ code: 'comprehension-not-asked', step: body.step })
      const matched = said.matched === true
      print.result(
        said,
        matched ? 'recorded: as the analysis sees it' : 'recorded: a second escort is called',
      )
    })
}

function asked({ steps }: Review) {
  return steps.flatMap(({ step, understanding }) =>
    understanding.questions.map((question) => ({ step, ...question })),
  )
}

function questionsText(review: Review): string {
  const lines = asked(review).flatMap(({ step, ask, text, choices, answer }) => [
    `step ${step} ${ask}: ${text}${answer === null ? '' : ` (answered: ${answer})`}`,
    ...choices.map((choice, i) => `  ${i + 1}  ${choice}`),
    '  unknown',
  ])
  return lines.length === 0 ? 'nothing is asked about this order' : lines.join('\n')
}
