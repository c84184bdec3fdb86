import { createReadStream, existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import { instantOf, isInstant } from '@chaperone/encoding'
import {
  compareCases,
  compareOnGrid,
  decideJson,
  decideLine,
  parseCase,
  type PolicyCase,
} from '@chaperone/policy'
import { boundedLines } from '../bounded-lines.ts'
import { exitCodes } from '../exit-code.ts'
import { runCases } from '../policy-cases.ts'
import { openPolicyFolder, shippedPolicies } from '../policy-folder.ts'
import { comparisonText, decisionText } from '../printing/policy-text.ts'
import { table } from '../printing/table.ts'
import type { Printer } from '../printing/printer.ts'
import { Refused, UsageError } from '../refused.ts'

const longestLine = 1_000_001
const folderOption = ['--policies <folder>', 'a policy folder', shippedPolicies] as const

export function addPolicy(program: Command, print: Printer): void {
  const policy = program
    .command('policy')
    .description('Who may do what under which regime: try, explain, compare (docs/policy-cases.md)')
  addTest(policy, print)
  addExplain(policy, print)
  addDecide(policy, print)
  addDiff(policy, print)
}

function addTest(policy: Command, print: Printer): void {
  policy
    .command('test')
    .description('Validate a policy folder and run the cases of its regimes')
    .argument('[regime]', 'only this one')
    .option(...folderOption)
    .action(async (regime: string | undefined, { policies: folder }: { policies: string }) => {
      const opened = await openPolicyFolder(folder)
      const results = runCases(opened, regime)
      const failed = results.filter(({ passed }) => !passed)
      for (const { regime: name, name: row, expected, got } of failed)
        print.note(`${name}: ${row}\n  expected ${expected}\n  got      ${got}`)
      const sets = [...opened.policies.regimes.values()].filter(
        (set) => regime === undefined || set.regime === regime,
      )
      const rows = sets.map(({ regime: name, version, digest, policies }) => {
        const own = results.filter((result) => result.regime === name)
        return {
          regime: name,
          version,
          digest,
          rules: policies.size,
          cases: own.length,
          failed: own.filter(({ passed }) => !passed).length,
        }
      })
      const cells = rows.map((row) =>
        [row.regime, row.version, row.rules, row.cases, row.failed, row.digest.slice(0, 16)].map(String),
      )
      const { digest } = opened.policies
      const text = table(['REGIME', 'VERSION', 'RULES', 'CASES', 'FAILED', 'DIGEST'], cells)
      print.result({ digest, regimes: rows, failed }, `${text}\n\npolicy digest ${digest}`)
      if (failed.length > 0) process.exitCode = exitCodes.refused
    })
}

function addExplain(policy: Command, print: Printer): void {
  policy
    .command('explain')
    .description('Say for one case whether it is permitted and why (exit 0 or 1)')
    .argument('<file>', 'the case as JSON; - for standard input')
    .option(...folderOption)
    .action(async (file: string, { policies: folder }: { policies: string }) => {
      const { cedar, policies } = await openPolicyFolder(folder)
      const decision = decideJson(cedar, policies, readJson(file))
      print.result(decision, decisionText(decision, policies))
      if (decision.decision === 'forbid') process.exitCode = exitCodes.refused
    })
}

function addDecide(policy: Command, print: Printer): void {
  policy
    .command('decide')
    .description('Decide cases, one a line; answers decision and reasons, one a line, in the same order')
    .argument('[file]', 'the cases; standard input if absent')
    .requiredOption('--jsonl', 'one case a line')
    .option(...folderOption)
    .action(async (file: string | undefined, { policies: folder }: { policies: string }) => {
      const { cedar, policies } = await openPolicyFolder(folder)
      for await (const line of linesOf(file)) {
        const decision = decideLine(cedar, policies, line)
        print.result(decision, JSON.stringify(decision))
      }
    })
}

interface DiffOptions {
  readonly from: string
  readonly to: string
  readonly cases?: string
  readonly at?: string
}

function addDiff(policy: Command, print: Printer): void {
  policy
    .command('diff')
    .description('Who newly may and who no longer may, over a grid of people, targets and actions')
    .requiredOption('--from <folder>', 'the policies as they are')
    .requiredOption('--to <folder>', 'the policies as they would be')
    .option('--cases <file>', 'compare these cases, one a line, instead of the grid')
    .option('--at <instant>', 'the moment of the grid; now if absent')
    .action(async ({ from, to, cases, at }: DiffOptions) => {
      const now = at ?? instantOf(Date.now() / 1000)
      if (!isInstant(now)) throw new UsageError(`\`${now}\` is not an instant`)
      const [before, after] = [await openPolicyFolder(from), await openPolicyFolder(to)]
      const compared =
        cases === undefined
          ? compareOnGrid(before.cedar, before.policies, after.policies, now)
          : compareCases(before.cedar, before.policies, after.policies, await readCases(cases))
      const digests = { from: before.policies.digest, to: after.policies.digest }
      print.result({ ...digests, ...compared }, comparisonText(compared))
    })
}

function linesOf(file: string | undefined): AsyncIterable<string> {
  if (file !== undefined && !existsSync(file)) throw new UsageError(`there are no cases at \`${file}\``)
  const input: Readable = file === undefined ? process.stdin : createReadStream(file)
  return boundedLines(input.setEncoding('utf8') as AsyncIterable<string>, longestLine)
}

async function readCases(file: string): Promise<readonly PolicyCase[]> {
  const cases: PolicyCase[] = []
  for await (const line of linesOf(file)) {
    const parsed = parseCase(parseJson(line, file))
    if (!parsed.ok)
      throw new Refused(
        { ...parsed.error, line: cases.length + 1 },
        `line ${cases.length + 1} of \`${file}\` is not a case`,
        parsed.error.at,
      )
    cases.push(parsed.value)
  }
  return cases
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read \`${file}\`: ${(cause as Error).message}`)
  }
  return parseJson(text, file)
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`\`${file}\` is not JSON`)
  }
}
