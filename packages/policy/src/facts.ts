import { z } from 'zod'
import { isInstant, type Instant } from '@chaperone/encoding'

/** Facts about a person, each with where it comes from and how long it holds. One "country" field would be wrong. */

export const affiliations = ['us-citizen', 'us-national', 'us-person', 'foreign-person'] as const
export const clearances = ['none', 'confidential', 'secret', 'top-secret'] as const
export const statuses = ['active', 'suspended', 'disabled'] as const
export const personRoles = ['technician', 'escort', 'viewer', 'auditor', 'officer'] as const

const word = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
const text = z.string().min(1).max(512)
export const instantShape = z.string().refine(isInstant)
/** ISO 3166-1 alpha-2; whether there is such a country is for the table of countries to say. */
export const countryShape = z.string().regex(/^[A-Z]{2}$/)

const factOf = <T extends z.ZodType>(value: T) =>
  z
    .strictObject({
      value,
      source: text,
      evidence: text,
      from: instantShape,
      /** Null: until somebody records otherwise. */
      until: instantShape.nullable(),
    })
    .readonly()

const competence = z
  .strictObject({
    technology: word,
    /** A family of commands; `*` is all of them. */
    family: z.union([word, z.literal('*')]),
    level: z.int().min(1).max(3),
    examiner: text,
  })
  .readonly()

const stay = z
  .strictObject({ country: countryShape, from: instantShape, until: instantShape.nullable() })
  .readonly()

const listOf = <T extends z.ZodType>(value: T) => z.array(factOf(value)).max(256).readonly()

export const personFactsShape = z
  .strictObject({
    affiliation: factOf(z.enum(affiliations)),
    /** All of them in one fact: half a list would say that there is no other half. */
    citizenships: factOf(z.array(countryShape).max(16).readonly()),
    origin: factOf(countryShape),
    declaredLocation: factOf(countryShape),
    networkLocation: factOf(countryShape),
    deviceLocation: factOf(z.union([countryShape, z.literal('none')])),
    locationHistory: factOf(z.array(stay).max(1024).readonly()),
    employment: factOf(
      z.strictObject({ employer: text, prime: text, tier: z.int().min(0).max(16) }).readonly(),
    ),
    investigation: factOf(z.int().min(0).max(5)),
    clearance: factOf(z.enum(clearances)),
    agreements: listOf(word),
    screenings: listOf(word),
    training: listOf(word),
    competences: listOf(competence),
    status: factOf(z.enum(statuses)),
    roles: listOf(z.enum(personRoles)),
  })
  .partial()
  .readonly()

export type PersonFacts = z.infer<typeof personFactsShape>
export type FactKind = keyof PersonFacts
export type Competence = z.infer<typeof competence>

/** One fact: what is said, by whom, on what evidence, from when until when. */
export interface Fact<T> {
  readonly value: T
  readonly source: string
  readonly evidence: string
  readonly from: Instant
  readonly until: Instant | null
}

/** The kinds of which something must be known in every regime but `open`; "none" is a value, a gap is not. */
export const neededKinds = [
  'affiliation',
  'citizenships',
  'origin',
  'declaredLocation',
  'networkLocation',
  'deviceLocation',
  'locationHistory',
  'employment',
  'investigation',
  'clearance',
  'agreements',
  'training',
  'competences',
  'status',
  'roles',
] as const satisfies readonly FactKind[]

/** Kinds that hold a list of facts, each with dates of its own. */
export const listKinds: ReadonlySet<string> = new Set([
  'agreements',
  'screenings',
  'training',
  'competences',
  'roles',
] satisfies FactKind[])

type ValueOf<F> = F extends Fact<infer T> ? T : F extends readonly Fact<infer T>[] ? readonly T[] : never

/** What was true at one moment: values only, and nothing of what had ended or not begun. */
export type FactsInForce = { readonly [K in FactKind]?: ValueOf<NonNullable<PersonFacts[K]>> }

/** Facts with the same origin and dates, from plain values: for tables and grids. */
export function recordedFacts(
  plain: Readonly<Record<string, unknown>>,
  about: Omit<Fact<unknown>, 'value'>,
): PersonFacts {
  const fact = (value: unknown): Fact<unknown> => ({ value, ...about })
  const recorded = Object.entries(plain).map(([kind, value]) => [
    kind,
    listKinds.has(kind) && Array.isArray(value) ? value.map(fact) : fact(value),
  ])
  // Values of a wrong type come out as they went in: whoever reads a case refuses them.
  return Object.fromEntries(recorded) as PersonFacts
}

/** What was true of a person at `now`. An expired fact is as absent as one that was never recorded. */
export function factsAt(facts: PersonFacts, now: Instant): FactsInForce {
  const inForce: Record<string, unknown> = {}
  const kinds: readonly (readonly [string, Fact<unknown> | readonly Fact<unknown>[] | undefined])[] =
    Object.entries(facts)
  for (const [kind, recorded] of kinds) {
    if (recorded === undefined) continue
    if (isList(recorded))
      inForce[kind] = recorded.filter((fact) => holds(fact, now)).map(({ value }) => value)
    else if (holds(recorded, now)) inForce[kind] = recorded.value
  }
  return inForce
}

function isList(recorded: Fact<unknown> | readonly Fact<unknown>[]): recorded is readonly Fact<unknown>[] {
  return Array.isArray(recorded)
}

function holds({ from, until }: Fact<unknown>, now: Instant): boolean {
  return from <= now && (until === null || now < until)
}

/** The needed kinds of which nothing is in force. */
export function missingKinds(facts: FactsInForce): readonly FactKind[] {
  return neededKinds.filter((kind) => facts[kind] === undefined)
}
