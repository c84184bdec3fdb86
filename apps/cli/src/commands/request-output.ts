import type { Command } from 'commander'
import { declineWords } from '@chaperone/domain'
import type { OutputWish } from '@chaperone/contract'
import { signedInGateway } from '../here.ts'
import { orderText } from '../printing/order-text.ts'
import { reviewText } from '../printing/review-text.ts'
import type { Printer } from '../printing/printer.ts'
import { UsageError } from '../refused.ts'

interface RequestOptions {
  readonly step: string
  readonly lines?: string
  readonly containing?: string
  readonly words?: string
}

/** A technician asks for captured output without a rerun; an escort declines. */
export function addRequestOutput(program: Command, print: Printer): void {
  program
    .command('request-output')
    .description('Ask for captured output of a step, without a rerun')
    .argument('<order>')
    .requiredOption('--step <n>', 'the step it is about')
    .option('--lines <from-to>', 'lines by number, such as 1-20')
    .option('--containing <text>', 'lines with exactly this text in them')
    .option('--words <text>', 'anything else, in your words')
    .action(async (order: string, options: RequestOptions) => {
      const wish = wishOf(options)
      const gateway = signedInGateway()
      const { version } = await gateway.call('myOrder', { params: { order } })
      const body = { version, step: Number(options.step), wish }
      const mine = await gateway.call('requestOutput', { params: { order }, body })
      print.result(mine, orderText(mine))
    })
  program
    .command('decline-output')
    .description('Decline what a technician asked to see, with a fixed word')
    .argument('<order>')
    .argument('<request>', 'its number')
    .requiredOption('--word <word>', `one of ${declineWords.join(', ')}`)
    .action(async (order: string, request: string, { word }: { word: string }) => {
      const known = declineWords.find((one) => one === word)
      if (known === undefined) throw new UsageError(`--word is one of ${declineWords.join(', ')}`)
      const params = { order, request: Number(request) }
      const review = await signedInGateway().call('declineOutput', { params, body: { word: known } })
      print.result(review, reviewText(review))
    })
}

function wishOf({ lines, containing, words }: RequestOptions): OutputWish {
  const wishes: OutputWish[] = []
  if (lines !== undefined) wishes.push(rangeOf(lines))
  if (containing !== undefined) wishes.push({ about: 'containing', text: containing })
  if (words !== undefined) wishes.push({ about: 'words', text: words })
  const [wish] = wishes
  if (wish === undefined || wishes.length > 1)
    throw new UsageError('needs one of --lines, --containing and --words')
  return wish
}

function rangeOf(text: string): OutputWish {
  const [, from, to] = /^(\d{1,8})(?:-(\d{1,8}))?$/.exec(text) ?? []
  if (from === undefined) throw new UsageError('--lines takes FROM-TO')
  return { about: 'lines', from: Number(from), to: Number(to ?? from) }
}
