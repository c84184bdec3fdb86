import { expect, test } from 'vitest'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import { decide } from './decide.ts'
import { compareCases, compareOnGrid } from './difference.ts'
import { policyGrid } from './grid.ts'

const now = '2026-11-24T12:00:00Z'
const files = policyFolder()
const { cedar, policies } = await testPolicies(files)

async function withText(change: (text: string, path: string) => string) {
  return (await testPolicies(new Map([...files].map(([path, text]) => [path, change(text, path)])))).policies
}

test('the grid is some thousand points a regime, always the same', () => {
  const points = [...policyGrid('dod-il4', now)]
  expect(points.length).toBe(2880)
  expect(points).toEqual([...policyGrid('dod-il4', now)])
})

test.for([...policies.regimes.values()])(
  'the grid of $regime has somebody who may and somebody who may not',
  (set) => {
    const best = [
      'U.S. citizen, in the United States, Tier 5 and Top Secret, qualified',
      'foreign person from Germany, abroad, Tier 5 and Top Secret, qualified',
    ]
    const worst = 'foreign person from China, abroad, uninvestigated, unqualified'
    const points = [...policyGrid(set.regime, now)]
    const permitted = (people: readonly string[]) => {
      const asked = points.filter(({ person }) => people.includes(person)).map((point) => point.asked)
      return new Set(
        asked.filter((one) => decide(cedar, set, one).decision === 'permit').map(({ action }) => action),
      )
    }
    expect(permitted(best).size).toBe(5)
    if (set.regime !== 'open') expect(permitted([worst]).size).toBeLessThan(5)
  },
)

test('nothing differs from itself', () => {
  expect(compareOnGrid(cedar, policies, policies, now)).toEqual({ asked: 0, changes: [] })
})

test('a tier that is lowered shows exactly the people of that tier', async () => {
  const lower = await withText((text, path) =>
    path.startsWith('fedramp-high/')
      ? text.replaceAll('principal.investigation >= 4', 'principal.investigation >= 3')
      : text,
  )
  const { changes } = compareOnGrid(cedar, policies, lower, now)
  expect(changes.length).toBeGreaterThan(0)
  for (const change of changes) {
    expect(change).toMatchObject({ regime: 'fedramp-high', now: 'may' })
    expect(change.person).toContain('Tier 3 and Secret')
    expect(['escort', 'view-audit', 'adopt']).toContain(change.action)
    expect(change.forbids.map(({ id }) => id)).toEqual([
      change.action === 'escort' ? 'escort-not-screened' : 'not-screened',
    ])
  }
})

test('a regime that goes permits nothing any more', async () => {
  const without = new Map([...files].filter(([path]) => !path.startsWith('open/')))
  const fewer = (await testPolicies(without)).policies
  const { changes } = compareOnGrid(cedar, policies, fewer, now)
  expect(new Set(changes.map(({ regime, now: state }) => `${regime} ${state}`))).toEqual(
    new Set(['open may-not']),
  )
  expect(changes[0]?.forbids).toMatchObject([{ id: 'regime-unknown' }])
})

test('recorded cases are compared as they were asked', async () => {
  const cases = [...policyGrid('fedramp-high', now)].map(({ asked }) => asked).filter((_, i) => i % 19 === 0)
  const lower = await withText((text, path) =>
    path.startsWith('fedramp-high/')
      ? text.replaceAll('principal.investigation >= 4', 'principal.investigation >= 3')
      : text,
  )
  const { asked, changes } = compareCases(cedar, policies, lower, cases)
  expect(asked).toBe(cases.length)
  expect(changes.length).toBeGreaterThan(0)
  expect(changes.every(({ person, now: state }) => person === 'grid' && state === 'may')).toBe(true)
  const back = compareCases(cedar, lower, policies, cases).changes
  expect(back).toEqual(changes.map((change) => ({ ...change, now: 'may-not' })))
})
