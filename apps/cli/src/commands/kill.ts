import type { Command } from 'commander'
import { signedInGateway } from '../here.ts'
import { outcomeWords } from '../printing/words.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused } from '../refused.ts'

export function addKill(program: Command, print: Printer): void {
  program
    .command('kill')
    .description('Stop what runs for an order, at once')
    .argument('<order>')
    .argument('[run]', 'the run; whatever runs now if left out')
    .action(async (order: string, named: string | undefined) => {
      const gateway = signedInGateway()
      const run = named ?? (await runningOf(order))
      const review = await gateway.call('kill', { params: { order, run } })
      const state = review.runs.find((candidate) => candidate.run === run)
      print.result(
        review,
        `stop asked for; run ${run}: ${state === undefined ? 'unknown' : outcomeWords(state)}`,
      )
    })
  program
    .command('freeze')
    .description('“I allowed wrongly”: stops what runs, freezes the order and calls an officer')
    .argument('<order>')
    .action(async (order: string) => {
      const gateway = signedInGateway()
      const { version } = await gateway.call('review', { params: { order } })
      const review = await gateway.call('freeze', { params: { order }, body: { version } })
      print.result(review, `${order} is frozen; an officer has to look at it`)
    })
}

async function runningOf(order: string): Promise<string> {
  const review = await signedInGateway().call('review', { params: { order } })
  const running = review.runs.find((run) => run.state !== 'ended')
  if (running === undefined) throw new Refused({ code: 'run-unknown' }, 'nothing of this order runs now')
  return running.run
}
