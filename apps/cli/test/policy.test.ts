import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { runCli } from './run-cli.ts'

const shipped = fileURLToPath(new URL('../../../policies', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'chaperone-policy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The case that the documentation shows. */
const documented = /```json\n(\{\n[\s\S]*?\n\})\n```/.exec(
  readFileSync(new URL('../../../docs/policy-cases.md', import.meta.url), 'utf8'),
)?.[1]
const good = JSON.stringify(JSON.parse(documented ?? ''))
const foreign = good.replace('"us-citizen"', '"foreign-person"').replace('["US"]', '["GB"]')

/** A copy of the policies with one file changed. */
function changedPolicies(name: string, path: string, change: (text: string) => string): string {
  const copy = join(folder, name)
  cpSync(shipped, copy, { recursive: true })
  writeFileSync(join(copy, path), change(readFileSync(join(copy, path), 'utf8')))
  return copy
}

const lower = (text: string) =>
  text.replaceAll('principal.investigation >= 4', 'principal.investigation >= 3')
const lax = changedPolicies('lax', 'fedramp-high/forbid.cedar', lower)
writeFileSync(
  join(lax, 'fedramp-high/permit.cedar'),
  lower(readFileSync(join(lax, 'fedramp-high/permit.cedar'), 'utf8')),
)
const misspelt = changedPolicies('misspelt', 'cjis/forbid.cedar', (text) =>
  text.replace('principal.screenings', 'principal.screening'),
)

interface Answer {
  readonly decision: string
  readonly reasons: readonly { readonly id: string; readonly requirement: string; readonly text: string }[]
}

test('decides one case a line, in order, whatever is in the lines', async () => {
  const lines = [good, 'no case', '', foreign, '{"regime":"dod-il4"}', good]
  const { stdout, stderr, exit } = await runCli(['policy', 'decide', '--jsonl'], {
    input: `${lines.join('\n')}\n`,
  })
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
  expect(answers.map(({ decision, reasons }) => [decision, ...reasons.map(({ id }) => id)])).toEqual([
    ['permit', 'dod-il4-submit'],
    ['forbid', 'case-malformed'],
    ['forbid', 'case-malformed'],
    ['forbid', 'not-a-us-person', 'proxying'],
    ['forbid', 'case-malformed'],
    ['permit', 'dod-il4-submit'],
  ])
  expect(answers[3]?.reasons[1]).toMatchObject({
    requirement: 'SRG-5.17.3',
    text: expect.stringContaining('hands') as unknown,
  })
  expect([stderr, exit]).toEqual(['', 0])
})

test('explains in words, with what it stands on, and exits by the answer', async () => {
  const no = await runCli(['policy', 'explain', '-'], { input: foreign })
  expect(no.stdout).toBe(
    [
      'FORBIDDEN:',
      '  At this impact level access is for U.S. citizens, nationals and persons.',
      '      SRG-5.5.2, rule not-a-us-person',
      '      DISA CSP SRG V1R6 (10 Dec 2025), 5.5.2 and Table 5-1',
      '  An escort must not act as the hands of somebody who could not have access themselves: a foreign person may not submit work.',
      '      SRG-5.17.3, rule proxying',
      '      DISA CSP SRG V1R6, 5.17.3',
      '',
    ].join('\n'),
  )
  expect(no.exit).toBe(1)
  const yes = await runCli(['policy', 'explain', '-', '--json'], { input: good })
  expect([JSON.parse(yes.stdout), yes.exit]).toMatchObject([{ decision: 'permit' }, 0])
})

test('runs the cases of a regime, and says which fail', async () => {
  const passed = await runCli(['policy', 'test', 'fedramp-high'])
  expect(passed.stdout).toMatch(
    /^REGIME .*\nfedramp-high +1 +\d+ +\d+ +0 +[0-9a-f]{16}\n\npolicy digest [0-9a-f]{64}\n$/,
  )
  expect(passed.exit).toBe(0)
  const failed = await runCli(['policy', 'test', 'fedramp-high', '--policies', lax])
  expect(failed.stderr).toContain(
    'fedramp-high: an escort below the tier\n  expected forbid (NIST-MA-5(1) escort-not-screened)\n  got      permit (NIST-MA-5(1) fedramp-high-escort)',
  )
  expect(failed.exit).toBe(1)
})

test('compares two folders over the grid, or over cases', async () => {
  const grid = await runCli([
    'policy',
    'diff',
    '--from',
    shipped,
    '--to',
    lax,
    '--at',
    '2026-11-24T12:00:00Z',
  ])
  expect(grid.stdout).toMatch(/^2880 questions, \d+ answered differently\n/)
  expect(grid.stdout).toMatch(
    /^fedramp-high: newly may escort \(escort-not-screened\)\n {2}U\.S\. citizen, in the United States, Tier 3 and Secret, qualified; /m,
  )
  expect(grid.stdout).not.toContain('no longer may')
  const cases = join(folder, 'cases.jsonl')
  writeFileSync(cases, `${good}\n${foreign}\n`)
  const compared = await runCli([
    'policy',
    'diff',
    '--from',
    shipped,
    '--to',
    lax,
    '--cases',
    cases,
    '--json',
  ])
  expect(JSON.parse(compared.stdout)).toMatchObject({ asked: 2, changes: [] })
})

test.for<[args: readonly string[], exit: number, says: string]>([
  [['test', '--policies', misspelt], 1, 'policies-invalid'],
  [['test', 'dod-il7'], 1, 'regime-unknown'],
  [['test', '--policies', join(folder, 'nowhere')], 2, 'cannot read the policies'],
  [['decide'], 2, '--jsonl'],
  [['decide', '--jsonl', join(folder, 'nowhere')], 2, 'there are no cases'],
  [['explain', join(folder, 'nowhere')], 2, 'cannot read'],
  [['explain', join(misspelt, 'schema.cedarschema')], 2, 'is not JSON'],
  [['diff', '--from', shipped], 2, '--to'],
  [['diff', '--from', shipped, '--to', shipped, '--at', 'noon'], 2, 'is not an instant'],
  [
    ['diff', '--from', shipped, '--to', shipped, '--cases', join(misspelt, 'requirements.json')],
    2,
    'is not JSON',
  ],
])('policy %o exits with %i', async ([args, exit, says]) => {
  const ran = await runCli(['policy', ...args])
  expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringContaining(says)])
})
