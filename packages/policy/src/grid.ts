import type { Instant } from '@chaperone/encoding'
import { recordedFacts, type Competence, type Fact, type PersonFacts } from './facts.ts'
import { actions, type Action, type PolicyCase, type PolicyTarget } from './policy-case.ts'

/** A case of the grid, with what stands for its person and target in a sentence. */
export interface GridPoint {
  readonly person: string
  readonly target: string
  readonly asked: PolicyCase
}

type Plain<F> = F extends Fact<infer T> ? T : F extends readonly Fact<infer T>[] ? readonly T[] : never
type PlainFacts = { readonly [K in keyof PersonFacts]: Plain<NonNullable<PersonFacts[K]>> }
type Choice<T> = readonly (readonly [label: string, value: T])[]

const origins: Choice<PlainFacts> = [
  ['U.S. citizen', { affiliation: 'us-citizen', citizenships: ['US'], origin: 'US' }],
  ['U.S. citizen from India', { affiliation: 'us-citizen', citizenships: ['US'], origin: 'IN' }],
  ['U.S. and Chinese citizen', { affiliation: 'us-citizen', citizenships: ['US', 'CN'], origin: 'CN' }],
  ['U.S. national', { affiliation: 'us-national', citizenships: [], origin: 'US' }],
  ['U.S. person from Canada', { affiliation: 'us-person', citizenships: ['CA'], origin: 'CA' }],
  ['foreign person from Germany', { affiliation: 'foreign-person', citizenships: ['DE'], origin: 'DE' }],
  ['foreign person from Israel', { affiliation: 'foreign-person', citizenships: ['IL'], origin: 'IL' }],
  ['foreign person from China', { affiliation: 'foreign-person', citizenships: ['CN'], origin: 'CN' }],
]

const at = (country: string, attested = country): PlainFacts => ({
  declaredLocation: country,
  networkLocation: country,
  deviceLocation: attested,
})

/** Abroad is where they are from, and China for Americans. */
const places = ({ citizenships = [] }: PlainFacts): Choice<PlainFacts> => [
  ['in the United States', at('US')],
  ['in the United States, not attested', at('US', 'none')],
  ['abroad', at(citizenships.find((country) => country !== 'US') ?? 'CN')],
]

const vettings: Choice<PlainFacts> = [
  ['uninvestigated', { investigation: 0, clearance: 'none' }],
  ['Tier 1', { investigation: 1, clearance: 'none' }],
  ['Tier 2', { investigation: 2, clearance: 'none' }],
  ['Tier 3 and Secret', { investigation: 3, clearance: 'secret' }],
  ['Tier 4 and Secret', { investigation: 4, clearance: 'secret' }],
  ['Tier 5 and Top Secret', { investigation: 5, clearance: 'top-secret' }],
]

const linux: Competence = { technology: 'linux', family: '*', level: 3, examiner: 'grid' }
const qualifications: Choice<PlainFacts> = [
  ['unqualified', { screenings: [], training: [], competences: [], agreements: ['access'] }],
  [
    'qualified',
    {
      screenings: ['cjis-fingerprint', 'cip-risk-assessment', 'snc-7.1.b'],
      training: ['escort', 'cjis-security', 'cip-security'],
      competences: [linux],
      agreements: ['access', 'export-briefing'],
    },
  ],
]

const always: PlainFacts = {
  locationHistory: [],
  employment: { employer: 'grid', prime: 'grid', tier: 0 },
  status: 'active',
  roles: ['technician', 'escort', 'viewer', 'auditor', 'officer'],
}

const about = { source: 'grid', evidence: 'grid', from: '1970-01-01T00:00:00Z', until: null }

/** Impact levels and labels as a target of the regime would have them; of others nothing is assumed. */
const levels: Readonly<Record<string, PolicyTarget['impactLevel']>> = {
  'fedramp-moderate': 'moderate',
  'fedramp-high': 'high',
  'dod-il2': 'il2',
  'dod-il4': 'il4',
  'dod-il5': 'il5',
  'dod-il6': 'il6',
}
const protectedData: Readonly<Record<string, PolicyTarget['data'][number]>> = {
  'dod-il6': 'classified',
  'dod-il5': 'cui',
  'dod-il4': 'cui',
  cjis: 'cji',
  'nerc-cip': 'bcsi',
  secnumcloud: 'customer-data',
}

/** People × targets × actions of a regime at one moment: always the same, in the same order. */
export function* policyGrid(regime: string, now: Instant): Generator<GridPoint> {
  const targets = targetsOf(regime)
  for (const [origin, from] of origins)
    for (const [place, where] of places(from))
      for (const [vetting, vetted] of vettings)
        for (const [qualification, qualified] of qualifications) {
          const facts = recordedFacts({ ...always, ...from, ...where, ...vetted, ...qualified }, about)
          const person = [origin, place, vetting, qualification].join(', ')
          for (const target of targets)
            for (const action of actions) yield point(person, facts, target, action, now)
        }
}

function targetsOf(regime: string): readonly PolicyTarget[] {
  const impactLevel = levels[regime]
  const label = protectedData[regime] ?? 'personal-data'
  const target = { id: 'grid', regime, technologies: ['linux'], ...(impactLevel && { impactLevel }) }
  return [
    { ...target, data: ['public'] },
    { ...target, data: [label] },
  ]
}

function point(
  person: string,
  facts: PersonFacts,
  target: PolicyTarget,
  action: Action,
  now: Instant,
): GridPoint {
  const approval = {
    kind: target.regime === 'secnumcloud' ? ('customer-consent' as const) : ('view-only' as const),
    number: 'grid',
    systems: [target.id],
    countries: ['DE', 'IL', 'CN'],
    issued: now,
    expires: '9999-12-31T23:59:59Z',
  }
  return {
    person,
    target: `${target.regime} target with ${target.data.join(', ')} data`,
    asked: {
      regime: target.regime,
      action,
      person: { id: 'grid', facts },
      target,
      context: { now, approvals: [approval] },
    },
  }
}
