import { z } from 'zod'
import { err, ok, type Result } from '@chaperone/encoding'
import { countryShape, instantShape, personFactsShape } from './facts.ts'

/** One question to the policies (docs/policy-cases.md): may this person do this, here, now? */

export const actions = ['submit', 'escort', 'view-output', 'view-audit', 'adopt'] as const
export type Action = (typeof actions)[number]

const word = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/)
const need = z
  .strictObject({
    technology: word,
    family: word.optional(),
    level: z.int().min(1).max(3).optional(),
  })
  .readonly()

const approval = z
  .strictObject({
    kind: z.enum(['view-only', 'customer-consent']),
    number: name,
    systems: z.array(name).max(256).readonly(),
    countries: z.array(countryShape).max(256).readonly(),
    issued: instantShape,
    expires: instantShape,
    /** Who approved, and which version of the process: for the record. */
    signedBy: z.string().max(256).optional(),
    process: z.string().max(256).optional(),
  })
  .readonly()

const target = z
  .strictObject({
    id: name,
    /** What an approval names; the target itself where it stands alone. */
    system: name.optional(),
    regime: word,
    impactLevel: z.enum(['il2', 'il4', 'il5', 'il6', 'low', 'moderate', 'high']).optional(),
    data: z
      .array(
        z.enum([
          'public',
          'cui',
          'classified',
          'itar',
          'ear',
          'cji',
          'bcsi',
          'customer-data',
          'personal-data',
        ]),
      )
      .max(16)
      .readonly(),
    technologies: z.array(word).max(64).readonly(),
  })
  .readonly()

const context = z
  .strictObject({
    now: instantShape,
    approvals: z.array(approval).max(16).readonly().optional(),
    /** What the steps need, by their analysis; without it, the technologies of the target. */
    needed: z.array(need).max(64).readonly().optional(),
    tandem: z
      .strictObject({ technician: name.optional(), escorts: z.array(name).max(8).readonly().optional() })
      .readonly()
      .optional(),
    emergency: z
      .strictObject({ second: name.optional(), reviewBy: instantShape.optional() })
      .readonly()
      .optional(),
  })
  .readonly()

const caseShape = z
  .strictObject({
    /** A label of whoever asks; it decides nothing. */
    id: z.string().max(256).optional(),
    regime: word,
    action: z.enum(actions),
    person: z.strictObject({ id: name, facts: personFactsShape }).readonly(),
    target,
    context,
  })
  .readonly()

export type PolicyCase = z.infer<typeof caseShape>
export type Approval = z.infer<typeof approval>
export type PolicyTarget = z.infer<typeof target>
export type PolicyContext = z.infer<typeof context>

export interface CaseRefusal {
  readonly code: 'case-malformed'
  /** Where, as a path; empty for the whole. */
  readonly at: string
}

/** Reads a case. A member that nobody knows is refused: a misspelt approval must not be a missing one. */
export function parseCase(json: unknown): Result<PolicyCase, CaseRefusal> {
  const parsed = caseShape.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  const issue = parsed.error.issues[0]
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  return err({ code: 'case-malformed', at: [...(issue?.path ?? []), ...unknown].join('.').slice(0, 200) })
}

/** The countries that a case names, wherever it does. */
export function countriesOf({
  person: { facts },
  context: { approvals = [] },
}: PolicyCase): readonly string[] {
  const { deviceLocation } = facts
  return [
    ...(facts.citizenships?.value ?? []),
    ...[facts.origin, facts.declaredLocation, facts.networkLocation].flatMap((fact) => fact?.value ?? []),
    ...(deviceLocation === undefined || deviceLocation.value === 'none' ? [] : [deviceLocation.value]),
    ...(facts.locationHistory?.value.map((stay) => stay.country) ?? []),
    ...approvals.flatMap(({ countries }) => countries),
  ]
}
