import { expect, test } from 'vitest'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import { caseOfRow, parseFixtures, parseRows } from './case-table.ts'
import { decideJson } from './decide.ts'

const files = policyFolder()
const { cedar, policies } = await testPolicies(files)
const fixtures = parseFixtures(files.get('cases/people.json') ?? '')
const rows = [...policies.regimes.keys()].flatMap((regime) =>
  parseRows(files.get(`${regime}/cases.jsonl`) ?? '').map((row) => ({
    regime,
    row,
    title: `${regime}: ${row.name}`,
  })),
)

test('the regimes that are shipped', () => {
  expect([...policies.regimes.keys()]).toEqual([
    'cjis',
    'dod-il2',
    'dod-il4',
    'dod-il5',
    'dod-il6',
    'fedramp-high',
    'fedramp-moderate',
    'nerc-cip',
    'open',
    'secnumcloud',
  ])
})

test.for(rows)('$title', ({ regime, row }) => {
  const { decision, reasons } = decideJson(cedar, policies, caseOfRow(regime, row, fixtures))
  expect([decision, reasons.map(({ id, requirement }) => `${requirement} ${id}`)]).toEqual([
    row.expect,
    row.because,
  ])
})

test('every rule of every regime decides in some row', () => {
  const said = new Set(
    rows.flatMap(({ regime, row }) => row.because.map((reason) => `${regime} ${reason.split(' ')[1]}`)),
  )
  const silent = [...policies.regimes.values()].flatMap(({ regime, policies: rules }) =>
    [...rules.keys()].filter((id) => !said.has(`${regime} ${id}`)).map((id) => `${regime} ${id}`),
  )
  expect(silent).toEqual([])
})

test('every requirement that is listed is used', () => {
  const used = new Set(
    [...policies.regimes.values()].flatMap((set) => [...set.policies.values()].map((one) => one.requirement)),
  )
  // Deny by default is what decides where no policy does.
  expect([...policies.requirements.keys()].filter((id) => !used.has(id))).toEqual(['E-3'])
})
