import { z } from 'zod'
import {
  canonicalBytes,
  err,
  invariant,
  isId,
  isInstant,
  ok,
  parseCanonicalJson,
  type Json,
  type Result,
} from '@chaperone/encoding'

/**
 * What the log holds (spec/event.md). An entry holds ids, times, digests and signed statements; whatever is
 * secret or personal stands in it only as a salted commitment.
 */

/** Why an escort does not release what a technician asked for. Words that say nothing about what was captured. */
export const declineWords = ['may-not-be-shown', 'too-broad', 'unclear'] as const
export type DeclineWord = (typeof declineWords)[number]

/** What an escort is asked about a step before they are told. */
export const comprehensionQuestions = ['what-changes', 'what-is-interrupted'] as const
export type ComprehensionQuestion = (typeof comprehensionQuestions)[number]

const id = (kind: Parameters<typeof isId>[0]) => z.string().refine((text) => isId(kind, text))
const instant = z.string().refine(isInstant)
const count = z.int().min(1)
const size = z.int().min(0)
const person = id('person')
const order = id('order')
const digest = id('digest')
const run = id('run')
const interpreter = z.enum(['bash', 'powershell', 'sql'])
const level = z.enum(['routine', 'notable', 'high-impact', 'stop', 'opaque'])

export const signedStatementShape = z.strictObject({
  text: z.string().max(32 * 1024),
  signature: z.string().max(8192),
})

const head = { v: z.literal(1), at: instant }

const submittedStep = z.strictObject({
  digest,
  target: id('target'),
  account: id('account'),
  interpreter,
  /** Digest of the stored analysis, and its level. */
  analysis: digest,
  level,
})

const submitted = {
  ...head,
  order,
  version: count,
  orderDigest: digest,
  technician: person,
  /** How the technician was known: a browser session, an API token, or a signature of their own. */
  identity: z.enum(['session', 'token', 'signature']),
  notBefore: instant,
  notAfter: instant,
  steps: z.array(submittedStep).min(1).max(64),
  rollbackSteps: size,
}

export const outcomeShape = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('succeeded') }),
  z.strictObject({
    result: z.literal('failed'),
    exit: z.int().min(0).max(255).nullable(),
    signal: z.int().nullable(),
  }),
  z.strictObject({
    result: z.literal('killed'),
    reason: z.enum(['asked', 'deadline', 'lifeline']),
    confirmed: z.boolean(),
    survivors: size,
  }),
  z.strictObject({ result: z.literal('unknown'), reason: z.string().regex(/^[a-z-]{1,64}$/) }),
  z.strictObject({ result: z.literal('not-started'), reason: z.string().regex(/^[a-z-]{1,64}$/) }),
])
export type Outcome = z.infer<typeof outcomeShape>

export const eventShape = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('order-submitted'), ...submitted }),
  z.strictObject({ type: z.literal('order-revised'), ...submitted }),
  z.strictObject({ type: z.literal('order-withdrawn'), ...head, order, version: count, technician: person }),
  z.strictObject({
    type: z.literal('order-claimed'),
    ...head,
    order,
    version: count,
    escort: person,
    until: instant,
  }),
  z.strictObject({
    type: z.literal('claim-returned'),
    ...head,
    order,
    escort: person,
    /** Set when it is handed over to somebody by name. */
    to: person.nullable(),
    note: digest.nullable(),
  }),
  z.strictObject({
    type: z.literal('question-asked'),
    ...head,
    order,
    version: count,
    /** 0 for the order as a whole. */
    step: size,
    question: count,
    escort: person,
    text: digest,
  }),
  z.strictObject({
    type: z.literal('question-answered'),
    ...head,
    order,
    question: count,
    technician: person,
    text: digest,
  }),
  z.strictObject({
    type: z.literal('output-requested'),
    ...head,
    order,
    version: count,
    step: count,
    request: count,
    technician: person,
    text: digest,
  }),
  z.strictObject({
    type: z.literal('output-declined'),
    ...head,
    order,
    request: count,
    escort: person,
    word: z.enum(declineWords),
  }),
  z
    .strictObject({
      type: z.literal('comprehension-recorded'),
      ...head,
      order,
      version: count,
      step: count,
      escort: person,
      question: z.enum(comprehensionQuestions),
      /** Which of the choices that the step's analysis offers, from 1. */
      answer: z.union([z.literal('unknown'), count]),
      /** Whether it is what the analysis derived. */
      matched: z.boolean(),
    })
    .refine(({ answer, matched }) => answer !== 'unknown' || !matched),
  z.strictObject({ type: z.literal('decision-recorded'), ...head, order, statement: signedStatementShape }),
  z.strictObject({
    type: z.literal('run-intended'),
    ...head,
    order,
    version: count,
    orderDigest: digest,
    step: count,
    attempt: count,
    run,
    stepDigest: digest,
    target: id('target'),
    /** Digests of the allow statements that the quorum is made of. */
    decisions: z.array(digest).min(1).max(5),
    /** The run whose success this one rests on, with the entry that says so. */
    after: z.strictObject({ run, entry: size }).nullable(),
  }),
  z.strictObject({ type: z.literal('run-started'), ...head, order, run, targetTime: instant }),
  z.strictObject({
    type: z.literal('run-ended'),
    ...head,
    order,
    run,
    outcome: outcomeShape,
    /** Serial of the certificate, to match the target's sshd log; null when none was issued. */
    serial: z
      .string()
      .regex(/^\d{1,20}$/)
      .nullable(),
    recording: z.strictObject({ chunks: size, bytes: size, link: digest }).nullable(),
  }),
  z.strictObject({ type: z.literal('kill-requested'), ...head, order, run, person }),
  z.strictObject({ type: z.literal('order-frozen'), ...head, order, version: count, person }),
  z.strictObject({
    type: z.literal('action-signed'),
    ...head,
    order,
    /** The signature that follows a kill, freeze or withdrawal, which act on click. */
    statement: signedStatementShape,
  }),
  z.strictObject({ type: z.literal('release-recorded'), ...head, order, statement: signedStatementShape }),
  z.strictObject({
    type: z.literal('disclosure-recorded'),
    ...head,
    order,
    recipient: person,
    /** Commitment to the recipient's affiliation and place at that moment. */
    recipientFacts: digest,
    content: digest,
    length: size,
    /** A release, or the adopted rule under which text of this kind is disclosed. */
    basis: z.enum(['release', 'rule-escort-question', 'rule-handover-note']),
    run: run.nullable(),
  }),
  z.strictObject({
    type: z.literal('roster-adopted'),
    ...head,
    version: count,
    digest,
    adoptions: z.array(signedStatementShape).min(2).max(4),
  }),
  z.strictObject({ type: z.literal('stop-ordered'), ...head, stop: digest, statement: signedStatementShape }),
  z.strictObject({
    type: z.literal('stop-lifted'),
    ...head,
    stop: digest,
    statements: z.array(signedStatementShape).min(2).max(4),
  }),
  z.strictObject({
    type: z.literal('enrolment-issued'),
    ...head,
    person,
    by: person.nullable(),
    expires: instant,
  }),
  z.strictObject({
    type: z.literal('key-collected'),
    ...head,
    person,
    key: z.string().max(128),
    use: z.enum(['sign-in', 'decide']),
  }),
  z.strictObject({ type: z.literal('signed-in'), ...head, person }),
  z.strictObject({ type: z.literal('log-exported'), ...head, person, order: order.nullable() }),
  z.strictObject({
    type: z.literal('erased'),
    ...head,
    order,
    by: person,
    /** What authority asked for it. */
    authority: digest,
  }),
  z.strictObject({
    type: z.literal('recovered'),
    ...head,
    epoch: count,
    statements: z.array(signedStatementShape).min(2).max(4),
  }),
])

export type Event = z.infer<typeof eventShape>
export type EventType = Event['type']
export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>
/** Events of one work order's story. */
export type OrderEvent = Extract<Event, { readonly order: string }>

export const largestEvent = 65_535

export type EventRefusal = { readonly code: 'event-malformed'; readonly at: string }

/** The bytes that become a log entry. Throws for an event that nobody could read back: the log is for ever. */
export function encodeEvent(event: Event): Uint8Array {
  const bytes = canonicalBytes(event as unknown as Json) // the shapes above hold nothing but JSON
  invariant(
    bytes.length <= largestEvent && eventShape.safeParse(event).success,
    `\`${event.type}\` has the shape of an event`,
  )
  return bytes
}

export function decodeEvent(bytes: Uint8Array): Result<Event, EventRefusal> {
  if (bytes.length > largestEvent) return err({ code: 'event-malformed', at: 'length' })
  const json = parseCanonicalJson(bytes)
  if (!json.ok) return err({ code: 'event-malformed', at: json.error.code })
  const parsed = eventShape.safeParse(json.value)
  return parsed.success
    ? ok(parsed.data)
    : err({ code: 'event-malformed', at: parsed.error.issues[0]?.path.join('.') ?? '' })
}
