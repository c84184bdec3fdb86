import type { Command } from 'commander'
import { signedInGateway } from '../here.ts'
import { orderText } from '../printing/order-text.ts'
import { reviewText } from '../printing/review-text.ts'
import type { Printer } from '../printing/printer.ts'

/** What people do with an order beside deciding: claim, hand back, ask, answer, withdraw, read. */
export function addTalk(program: Command, print: Printer): void {
  program
    .command('claim')
    .description('Take an order for review')
    .argument('<order>')
    .action(async (order: string) => {
      const gateway = signedInGateway()
      const { version } = await gateway.call('review', { params: { order } })
      const review = await gateway.call('claimOrder', { params: { order }, body: { version } })
      print.result(review, reviewText(review))
    })
  program
    .command('return')
    .description('Hand an order back, or to a colleague, with a note for escorts')
    .argument('<order>')
    .option('--to <person>', 'a colleague’s id')
    .option('--note <text>', 'what the next escort should know', '')
    .action(async (order: string, { to, note }: { to?: string; note: string }) => {
      const body = { to: to ?? null, note }
      const review = await signedInGateway().call('returnOrder', { params: { order }, body })
      print.result(review, to === undefined ? `${order} handed back` : `${order} handed to ${to}`)
    })
  program
    .command('ask')
    .description('Ask the technician; they are shown the question as written')
    .argument('<order>')
    .argument('<text>')
    .option('--step <n>', 'about this step; the whole order if left out', '0')
    .action(async (order: string, text: string, { step }: { step: string }) => {
      const gateway = signedInGateway()
      const { version } = await gateway.call('review', { params: { order } })
      const body = { version, step: Number(step), text }
      const review = await gateway.call('askQuestion', { params: { order }, body })
      print.result(review, `question ${review.questions.length} asked`)
    })
  program
    .command('answer')
    .description('Answer an escort’s question')
    .argument('<order>')
    .argument('<question>', 'its number')
    .argument('<text>')
    .action(async (order: string, question: string, text: string) => {
      const params = { order, question: Number(question) }
      const mine = await signedInGateway().call('answerQuestion', { params, body: { text } })
      print.result(mine, orderText(mine))
    })
  program
    .command('withdraw')
    .description('Withdraw an order of yours that is not running')
    .argument('<order>')
    .action(async (order: string) => {
      const gateway = signedInGateway()
      const { version } = await gateway.call('myOrder', { params: { order } })
      const mine = await gateway.call('withdrawOrder', { params: { order }, body: { version } })
      print.result(mine, `${order} withdrawn`)
    })
  program
    .command('read')
    .description('Read text that was released to you; that you read it is recorded')
    .argument('<order>')
    .argument('<release>')
    .argument('<run>')
    .action(async (order: string, release: string, run: string) => {
      const read = await signedInGateway().call('readRelease', { params: { order, release }, body: { run } })
      print.result(read, read.text)
    })
}
