import type { Command } from 'commander'
import type { Review } from '@chaperone/contract'
import { signedInGateway } from '../here.ts'
import { reviewText } from '../printing/review-text.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'
import { signDraft, type SignOptions } from '../sign-draft.ts'

interface ReviewOptions extends Partial<SignOptions> {
  readonly allow?: string | true
  readonly forbid?: true
}

export function addReview(program: Command, print: Printer): void {
  program
    .command('review')
    .description('Read an order as an escort; with --allow or --forbid, then sign with your own key')
    .argument('<order>')
    .option(
      '--allow [steps]',
      'allow these steps, such as 1,2,5; all that are left of the work if none are named',
    )
    .option('--forbid', 'forbid the order: nothing of it starts from now on')
    .option('--key <file>', 'FIDO2 key, .pub of a key in an agent (PIV), or a software key in `open`')
    .option('--root <file>', 'the trust root; $CHAPERONE_ROOT if left out')
    .option('--yes', 'do not ask: what is signed was read elsewhere')
    .action(async (order: string, options: ReviewOptions) => {
      const gateway = signedInGateway()
      const review = await gateway.call('review', { params: { order } })
      const { allow, forbid, key } = options
      if (allow === undefined && forbid === undefined) return print.result(review, reviewText(review))
      if (allow !== undefined && forbid !== undefined) throw new UsageError('either --allow or --forbid')
      if (key === undefined) throw new UsageError('--key names the key that you sign with')
      const { version } = review
      // A forbid acts before it is signed: from here on nothing of the order starts.
      if (forbid === true) await gateway.call('forbid', { params: { order }, body: { version } })
      const steps = forbid === true ? everyStep(review) : stepsOf(allow, review)
      const kind = forbid === true ? ('forbid' as const) : ('allow' as const)
      const { signed } = await signDraft(gateway, order, { kind, version, steps }, { ...options, key }, print)
      print.result(
        { order, kind, steps, statement: signed },
        `${order}: ${kind} signed for step ${steps.join(', ')}`,
      )
    })
}

function everyStep(review: Review): number[] {
  return review.steps.map(({ step }) => step)
}

/** The named steps, or all forward ones that have not succeeded. */
function stepsOf(allow: string | true | undefined, review: Review): number[] {
  if (typeof allow === 'string') {
    const steps = allow.split(',').map(Number)
    if (!steps.every((step) => Number.isInteger(step) && step > 0))
      throw new UsageError('--allow takes 1,2,5')
    return steps
  }
  const done = new Set(
    review.runs
      .filter(({ version, outcome }) => version === review.version && outcome?.result === 'succeeded')
      .map(({ step }) => step),
  )
  const left = review.steps
    .filter(({ rollback, step }) => !rollback && !done.has(step))
    .map(({ step }) => step)
  if (left.length === 0) throw new Refused({ code: 'step-done' }, 'every step has succeeded already')
  return left
}
