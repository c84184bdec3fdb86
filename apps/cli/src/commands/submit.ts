import type { Command } from 'commander'
import { instantOf, isInstant } from '@chaperone/encoding'
import type { Submission, TechnicianOrder } from '@chaperone/contract'
import { signedInGateway } from '../here.ts'
import { readOrderFile, submissionOf } from '../order-file.ts'
import { phaseWords } from '../printing/words.ts'
import type { Printer } from '../printing/printer.ts'
import { UsageError } from '../refused.ts'

interface SubmitOptions {
  readonly purpose?: string
  readonly fault?: string
  readonly mayShow?: string
  readonly target?: string
  readonly account?: string
  readonly step: readonly string[]
  readonly rollback: readonly string[]
  readonly file: readonly string[]
  readonly expected?: string
  readonly maxSeconds: string
  readonly notBefore?: string
  readonly notAfter?: string
  readonly revise?: string
}

const more = (value: string, before: readonly string[]) => [...before, value]

export function addSubmit(program: Command, print: Printer): void {
  program
    .command('submit')
    .description('Submit a work order: from an order file (JSON), or from options for steps on one target')
    .argument('[order-file]', 'JSON; `chaperone submit --help` names its members below')
    .option('--revise <order>', 'replace the steps of this order by a new version')
    .option('--purpose <text>', 'why the work is needed')
    .option('--fault <text>', 'what is wrong')
    .option('--may-show <text>', 'what the output may show')
    .option('--target <name>', 'where the steps run')
    .option('--account <name>', 'as whom')
    .option('--step <file>', 'a step’s exact bytes; again for each further step', more, [])
    .option('--rollback <file>', 'a rollback step’s exact bytes; again for each further one', more, [])
    .option('--file <file>', 'a file that travels with every step; again for each further one', more, [])
    .option('--expected <text>', 'what the output should look like')
    .option('--max-seconds <n>', 'how long each step may take', '600')
    .option('--not-before <instant>', 'UTC second such as 2026-11-24T16:20:34Z; now if left out')
    .option('--not-after <instant>', 'eight hours later if left out')
    .addHelpText('after', orderFileHelp)
    .action(async (path: string | undefined, options: SubmitOptions) => {
      const now = instantOf(Date.now() / 1000)
      const body = path === undefined ? fromOptions(options, now) : readOrderFile(path, now)
      const gateway = signedInGateway()
      const order =
        options.revise === undefined
          ? await gateway.call('submitOrder', { body })
          : await gateway.call('reviseOrder', { params: { order: options.revise }, body })
      print.result(order, submittedText(order))
    })
}

const orderFileHelp = `
Order file: {"purpose": …, "fault": …, "component": …, "mayShow": …, "effects": [{"effect": …, "place": …}],
  "notBefore": …, "notAfter": …, "steps": [STEP, …], "rollback": [STEP, …]}
STEP: {"target": …, "account": …, "interpreter": "bash", "path": FILE or "text": …, "files": [{"path": …, "mode": "0644"}],
  "expected": …, "maxSeconds": …}. Paths are relative to the order file; bytes are taken exactly as they are.
`

function fromOptions(options: SubmitOptions, now: string): Submission {
  const { purpose, target, account, step, rollback, notBefore, notAfter } = options
  if (purpose === undefined || target === undefined || account === undefined || step.length === 0) {
    throw new UsageError('needs an order file, or --purpose, --target, --account and at least one --step')
  }
  for (const instant of [notBefore, notAfter]) {
    if (instant !== undefined && !isInstant(instant)) throw new UsageError(`\`${instant}\` is no UTC second`)
  }
  const each = (path: string) => ({
    target,
    account,
    path,
    files: options.file.map((file) => ({ path: file })),
    expected: options.expected ?? '',
    maxSeconds: Number(options.maxSeconds),
  })
  const { fault, mayShow } = options
  const json = {
    purpose,
    fault,
    mayShow,
    notBefore,
    notAfter,
    steps: step.map(each),
    rollback: rollback.map(each),
  }
  return submissionOf(JSON.parse(JSON.stringify(json)), process.cwd(), now, 'submit')
}

function submittedText({ order, version, phase, notAfter }: TechnicianOrder): string {
  return `${order} version ${version}: ${phaseWords[phase]}, open until ${notAfter}`
}
