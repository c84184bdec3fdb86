import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policyFolder, testPolicies } from '@chaperone/testkit'
import { decide } from './decide.ts'
import {
  factsAt,
  listKinds,
  neededKinds,
  recordedFacts,
  type Fact,
  type FactKind,
  type PersonFacts,
} from './facts.ts'
import { actions, type Action, type Approval, type PolicyCase } from './policy-case.ts'
import type { PolicySet } from './policy-set.ts'

const { cedar, policies } = await testPolicies()
const now = '2026-11-24T12:00:00Z'
const regimes = [...policies.regimes.values()]
const regime = fc.constantFrom(...regimes)
const highDod = fc.constantFrom(
  ...regimes.filter((set) => ['dod-il4', 'dod-il5', 'dod-il6'].includes(set.regime)),
)
const action = fc.constantFrom(...actions)

type Plain = { readonly [K in FactKind]?: unknown }

const factsOf = (plain: Plain): PersonFacts =>
  recordedFacts(plain, { source: 's', evidence: 'e', from: '2020-01-01T00:00:00Z', until: null })

/** Mostly what is good, so that enough of what is asked is permitted. */
const mostly = <T>(good: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
const place = mostly('US', 'DE', 'CN', 'IL', 'RU')
const competences = [{ technology: 'linux', family: '*', level: 2, examiner: 'p-x' }]

const plainFacts: fc.Arbitrary<Plain> = fc
  .record({
    affiliation: mostly('us-citizen', 'us-national', 'us-person', 'foreign-person'),
    citizenships: mostly(['US'], ['DE'], ['US', 'CN'], ['IR'], []),
    origin: place,
    location: place,
    networkLocation: mostly(undefined, 'DE', 'CN'),
    deviceLocation: mostly(undefined, 'none', 'RU'),
    locationHistory: fc.constant([]),
    employment: fc.constant({ employer: 'a', prime: 'b', tier: 1 }),
    investigation: mostly(5, 0, 1, 2, 3, 4),
    clearance: mostly('secret', 'none', 'confidential', 'top-secret'),
    agreements: mostly(['access', 'export-briefing'], ['access'], []),
    screenings: mostly(['cjis-fingerprint', 'cip-risk-assessment', 'snc-7.1.b'], []),
    training: mostly(['escort', 'cjis-security', 'cip-security'], ['escort'], []),
    competences: mostly(competences, []),
    status: mostly('active', 'suspended', 'disabled'),
    roles: mostly(['technician', 'escort', 'viewer', 'auditor', 'officer'], ['viewer'], []),
  })
  .map(({ location, networkLocation, deviceLocation, ...rest }) => ({
    ...rest,
    declaredLocation: location,
    networkLocation: networkLocation ?? location,
    deviceLocation: deviceLocation ?? location,
  }))

const foreignViewer: fc.Arbitrary<Plain> = plainFacts.map((plain) => ({
  ...plain,
  affiliation: 'foreign-person',
  citizenships: ['DE'],
  origin: 'DE',
}))
const person = fc.oneof({ weight: 3, arbitrary: plainFacts }, { weight: 1, arbitrary: foreignViewer })

const approval: fc.Arbitrary<Approval> = fc.record({
  kind: mostly<Approval['kind']>('view-only', 'customer-consent'),
  number: fc.constant('AO-1'),
  systems: mostly<readonly string[]>(['cloud'], ['other']),
  countries: mostly<readonly string[]>(['DE'], ['FR'], ['CN', 'DE']),
  issued: mostly('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'),
  expires: mostly('2026-12-31T00:00:00Z', now),
})
const approvals = fc.array(approval, { maxLength: 2 })

const levels: Readonly<Record<string, string>> = { 'fedramp-moderate': 'moderate', 'fedramp-high': 'high' }
const levelOf = (name: string) => (name.startsWith('dod-') ? name.slice(4) : levels[name])

function ask(set: PolicySet, doing: Action, facts: PersonFacts, cited: readonly Approval[] = []): PolicyCase {
  const level = levelOf(set.regime) as NonNullable<PolicyCase['target']['impactLevel']> | undefined
  const impactLevel = level === undefined ? {} : { impactLevel: level }
  const target = {
    id: 'web-1',
    system: 'cloud',
    regime: set.regime,
    data: [],
    technologies: ['linux'],
    ...impactLevel,
  }
  return {
    regime: set.regime,
    action: doing,
    person: { id: 'p-ana', facts },
    target,
    context: { now, approvals: cited },
  }
}

const permits = (set: PolicySet, asked: PolicyCase) => decide(cedar, set, asked).decision === 'permit'

/** Every way of taking one fact away: a kind, or one of a list. */
function withoutOne(facts: PersonFacts): readonly PersonFacts[] {
  return Object.entries(facts).flatMap(([kind, recorded]) => {
    const { [kind as FactKind]: _, ...rest } = facts
    if (!Array.isArray(recorded)) return [rest]
    return [rest, ...recorded.map((_, i) => ({ ...facts, [kind]: recorded.toSpliced(i, 1) }))]
  })
}

test('taking a fact away never turns a forbid into a permit', () => {
  let [permitted, forbidden] = [0, 0]
  fc.assert(
    fc.property(regime, action, person, approvals, (set, doing, plain, cited) => {
      const facts = factsOf(plain)
      if (permits(set, ask(set, doing, facts, cited))) return void permitted++
      forbidden++
      for (const fewer of withoutOne(facts)) expect(permits(set, ask(set, doing, fewer, cited))).toBe(false)
    }),
    { numRuns: 250 },
  )
  // Else the property has said nothing.
  expect(Math.min(permitted, forbidden)).toBeGreaterThan(20)
})

test('nothing but `open` permits anything while a kind of fact is missing', () => {
  const kinds = fc.constantFrom(...neededKinds)
  fc.assert(
    fc.property(regime, action, person, kinds, approvals, (set, doing, plain, kind, cited) => {
      fc.pre(set.regime !== 'open')
      const { [kind]: _, ...rest } = plain
      expect(permits(set, ask(set, doing, factsOf(rest), cited))).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('an expired fact is as absent as one that was never recorded', () => {
  fc.assert(
    fc.property(regime, action, person, approvals, fc.nat(), (set, doing, plain, cited, pick) => {
      const facts = factsOf(plain)
      const kinds = Object.keys(facts).filter((kind) => !listKinds.has(kind)) as FactKind[]
      const kind = kinds[pick % kinds.length]! // some kind: there are always single ones
      const { [kind]: recorded, ...absent } = facts
      const expired = { ...absent, [kind]: { ...(recorded as Fact<unknown>), until: now } } as PersonFacts
      expect(factsAt(expired, now)).toEqual(factsAt(absent, now))
      expect(decide(cedar, set, ask(set, doing, expired, cited))).toEqual(
        decide(cedar, set, ask(set, doing, absent, cited)),
      )
    }),
    { numRuns: 200 },
  )
})

test('from dod-il4 up, a place in Group D or a covered nation denies whatever else holds', () => {
  const countries = ['countryGroupD', 'coveredNations'] as const
  const adverse = fc.constantFrom(
    ...new Set(countries.flatMap((name) => policies.regimes.get('dod-il4')?.tables[name]?.countries ?? [])),
  )
  const report = fc.constantFrom('declaredLocation', 'networkLocation', 'deviceLocation', 'all')
  const wide = approvals.map((list) =>
    list.map((one) => ({ ...one, countries: ['DE', 'US', 'CN', 'IL', 'RU'] })),
  )
  fc.assert(
    fc.property(
      highDod,
      action,
      person,
      adverse,
      report,
      wide,
      (set, doing, plain, country, which, cited) => {
        const there = { declaredLocation: country, networkLocation: country, deviceLocation: country }
        const facts = factsOf({ ...plain, ...(which === 'all' ? there : { [which]: country }) })
        const { decision, reasons } = decide(cedar, set, ask(set, doing, facts, cited))
        expect(decision).toBe('forbid')
        expect(reasons.map(({ id }) => id)).toContain('group-d-location')
      },
    ),
    { numRuns: 300 },
  )
})

/** What SRG 5.5.2, 5.17 and NDAA 1692 say of Impact Level 4, written once more, from the text and not from the policies. */
function mayAtLevel4(doing: Action, plain: Plain, cited: readonly Approval[]): boolean {
  const facts = plain as Readonly<Record<FactKind, never>> as unknown as {
    affiliation: string
    citizenships: string[]
    origin: string
    declaredLocation: string
    networkLocation: string
    deviceLocation: string
    investigation: number
    clearance: string
    agreements: string[]
    training: string[]
    competences: unknown[]
    status: string
    roles: string[]
  }
  const { affiliation, citizenships, origin, declaredLocation: here, roles } = facts
  const adversaries = ['CN', 'IL', 'IR', 'RU']
  if ([...citizenships, origin, here].some((country) => adversaries.includes(country))) return false
  if (here !== facts.networkLocation || here !== facts.deviceLocation) return false
  const american = affiliation !== 'foreign-person'
  const consistent = { 'us-citizen': true, 'us-national': citizenships.includes('US') }[affiliation] ?? false
  if (affiliation !== 'us-national' && citizenships.includes('US') !== consistent) return false
  if (facts.status !== 'active' || !facts.agreements.includes('access')) return false
  const vetted = american && facts.investigation >= 2
  switch (doing) {
    case 'submit':
      return roles.includes('technician') && vetted
    case 'escort':
      return (
        roles.includes('escort') &&
        vetted &&
        affiliation === 'us-citizen' &&
        ['secret', 'top-secret'].includes(facts.clearance) &&
        facts.training.includes('escort') &&
        facts.competences.length > 0
      )
    case 'view-audit':
      return roles.includes('auditor') && vetted
    case 'adopt':
      return roles.includes('officer') && vetted
    case 'view-output': {
      const covered = cited.some(
        ({ kind, systems, countries, issued, expires }) =>
          kind === 'view-only' &&
          systems.includes('cloud') &&
          issued <= now &&
          now < expires &&
          [...citizenships, origin].every((country) => countries.includes(country)) &&
          ['US', ...countries].includes(here),
      )
      return (roles.includes('technician') || roles.includes('viewer')) && (vetted || (!american && covered))
    }
  }
}

test('dod-il4 decides as its text does', () => {
  const level4 = policies.regimes.get('dod-il4')!
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(action, person, approvals, (doing, plain, cited) => {
      const may = mayAtLevel4(doing, plain, cited)
      seen.set(`${doing} ${may}`, (seen.get(`${doing} ${may}`) ?? 0) + 1)
      expect(permits(level4, ask(level4, doing, factsOf(plain), cited))).toBe(may)
    }),
    { numRuns: 1500 },
  )
  expect(seen.size).toBe(2 * actions.length)
})

test('permits alone decide as permits and forbids do, and so do forbids alone', async () => {
  const files = policyFolder()
  const permitOnly = new Map(
    [...files].map(([path, text]) => [
      path,
      path.endsWith('permit.cedar') || !path.endsWith('.cedar') ? text : '',
    ]),
  )
  const anything =
    '@id("anything")\n@requirement("E-2")\n@reason("Anything.")\npermit (principal, action, resource);\n'
  const forbidOnly = new Map(
    [...files].map(([path, text]) => [path, path.endsWith('permit.cedar') ? anything : text]),
  )
  const [permitting, forbidding] = [await testPolicies(permitOnly), await testPolicies(forbidOnly)]
  const maybeGone = fc.option(fc.constantFrom(...neededKinds))
  fc.assert(
    fc.property(regime, action, person, maybeGone, approvals, (set, doing, plain, gone, cited) => {
      const facts = Object.entries(factsOf(plain)).filter(([kind]) => kind !== gone)
      const asked = ask(set, doing, Object.fromEntries(facts), cited)
      const whole = permits(set, asked)
      expect(permits(permitting.policies.regimes.get(set.regime)!, asked)).toBe(whole)
      expect(permits(forbidding.policies.regimes.get(set.regime)!, asked)).toBe(whole)
    }),
    { numRuns: 500 },
  )
})
