import { caseOfRow, decideJson, parseFixtures, parseRows, type CaseRow } from '@chaperone/policy'
import type { OpenedPolicies } from './policy-folder.ts'
import { Refused } from './refused.ts'

export interface CaseResult {
  readonly regime: string
  readonly name: string
  readonly passed: boolean
  readonly expected: string
  readonly got: string
}

/** Puts every row of the case tables in a policy folder to its policies. */
export function runCases(opened: OpenedPolicies, only?: string): readonly CaseResult[] {
  const { policies, files } = opened
  if (only !== undefined && !policies.regimes.has(only))
    throw new Refused({ code: 'regime-unknown', regime: only }, `there is no regime \`${only}\``)
  const fixtures = inFile('cases/people.json', () => parseFixtures(files.get('cases/people.json') ?? ''))
  const regimes = [...policies.regimes.keys()].filter((regime) => only === undefined || regime === only)
  return regimes.flatMap((regime) => {
    const path = `${regime}/cases.jsonl`
    const rows = inFile(path, () => parseRows(files.get(path) ?? ''))
    return rows.map((row) =>
      inFile(path, () => runRow(opened, regime, row, caseOfRow(regime, row, fixtures))),
    )
  })
}

function runRow(
  { cedar, policies }: OpenedPolicies,
  regime: string,
  row: CaseRow,
  asked: unknown,
): CaseResult {
  const { decision, reasons } = decideJson(cedar, policies, asked)
  const because = reasons.map(({ id, requirement }) => `${requirement} ${id}`)
  const [expected, got] = [sentence(row.expect, row.because), sentence(decision, because)]
  return { regime, name: row.name, passed: expected === got, expected, got }
}

const sentence = (decision: string, because: readonly string[]) => `${decision} (${because.join(', ')})`

function inFile<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new Refused(
      { code: 'cases-malformed', file },
      `\`${file}\` is not a table of cases: ${(cause as Error).message}`,
    )
  }
}
