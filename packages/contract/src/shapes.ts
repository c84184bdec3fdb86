import { z } from 'zod'
import { isId, isInstant, type IdKind } from '@chaperone/encoding'
import { comprehensionQuestions, declineWords, outcomeShape, signedStatementShape } from '@chaperone/domain'

/** The words of the API (docs/api.md is generated from `routes`). Bytes travel as standard base64. */

export const idOf = (kind: IdKind) =>
  z.string().refine((text) => isId(kind, text), { error: `not a ${kind} id` })
export const person = idOf('person').meta({ id: 'PersonId', examples: ['p-1f3k9d2m'] })
export const order = idOf('order').meta({ id: 'OrderId', examples: ['wo-7h2m1x9q4c'] })
export const run = idOf('run').meta({ id: 'RunId' })
export const digest = idOf('digest').meta({ id: 'Digest' })
export const instant = z
  .string()
  .refine(isInstant, { error: 'not a UTC second' })
  .meta({ id: 'Instant', examples: ['2026-11-24T16:20:34Z'] })
export const base64 = z.base64()
export const interpreter = z.enum(['bash', 'powershell', 'sql'])
export const level = z.enum(['routine', 'notable', 'high-impact', 'stop', 'opaque'])
export const role = z.enum(['technician', 'escort', 'officer', 'auditor'])
export const signedStatement = signedStatementShape
export const outcome = outcomeShape

export const phase = z.enum([
  'waiting-for-escort',
  'in-review',
  'question-open',
  'waiting-for-second-escort',
  'waiting-for-window',
  'running',
  'halted',
  'done',
  'forbidden',
  'withdrawn',
  'frozen',
  'expired',
])
export const mustAct = z.enum(['escort', 'technician', 'officer', 'time', 'target', 'nobody'])

/** A person as others may see them. */
export const named = z.strictObject({ person, name: z.string() }).meta({ id: 'NamedPerson' })

/** Whether the asking person may do this now, and if not, why: a refusal's code and facts. */
export const permission = z
  .strictObject({
    permitted: z.boolean(),
    refusal: z.looseObject({ code: z.string() }).nullable(),
  })
  .meta({ id: 'Permission' })

/** UTF-16 offsets into the step's text. */
const span = z.strictObject({ start: z.int(), end: z.int() })
const argv = z.array(z.string().nullable())
const effect = z.looseObject({
  type: z.string(),
  place: z.string(),
  span,
  group: z.enum(['reads', 'changes', 'sends', 'runs']),
  argv,
})

/** The engine may say more than clients of this table know of. */
export const analysis = z
  .looseObject({
    engine: z.string(),
    knowledge: z.string(),
    level,
    summary: z.string(),
    commands: z.array(
      z.looseObject({
        /** What really runs; null is a word whose value is not known. */
        argv,
        /** The words as they are typed, when they differ. */
        typed: z.array(z.string()).nullable(),
        span,
        explanation: z.string(),
        via: z.array(z.string()),
        /** The carried text that it stands in, from 1; 0 is the step itself. */
        layer: z.int(),
      }),
    ),
    effects: z.array(effect),
    findings: z.array(z.looseObject({ rule: z.string(), level, message: z.string(), span })),
    words: z.strictObject({ total: z.int(), explained: z.int() }),
    explained: z.array(z.looseObject({ span, text: z.string(), role: z.string(), explanation: z.string() })),
    opaque: z.array(z.looseObject({ reason: z.string(), span })),
    /** Text that the step carries or decodes, and runs. */
    layers: z.array(
      z.looseObject({ text: z.string(), language: z.string(), how: z.string(), span, parent: z.int() }),
    ),
    unknown: z.array(z.looseObject({ what: z.string(), remedy: z.string(), span })),
    undeclared: z.array(effect),
  })
  .meta({ id: 'Analysis' })

export const me = z
  .strictObject({
    person,
    name: z.string(),
    roles: z.array(role),
    organisation: z.string(),
    banner: z.strictObject({ text: z.string(), colour: z.string() }),
    /** Where decisions are signed: another origin. */
    deskOrigin: z.string(),
    now: instant,
    targets: z.array(
      z.strictObject({
        target: z.string(),
        regime: z.string(),
        accounts: z.array(z.string()),
        interpreters: z.array(interpreter),
        maxSeconds: z.int(),
      }),
    ),
  })
  .meta({ id: 'Me' })

export const file = z.strictObject({
  /** Only shown; on the target it is called f1, f2, … */
  label: z.string().max(255),
  mode: z.enum(['0600', '0644', '0700', '0755']),
  content: base64,
})

export const submittedStep = z.strictObject({
  target: idOf('target'),
  account: idOf('account'),
  interpreter,
  bytes: base64.min(1),
  files: z.array(file).max(16).default([]),
  expected: z.string().max(4096).default(''),
  maxSeconds: z.int().min(1).max(14_400),
})

/** What of a step can be told from its text. */
export const draftedStep = submittedStep.pick({
  target: true,
  account: true,
  interpreter: true,
  bytes: true,
  files: true,
})

const declaredEffects = z
  .array(z.strictObject({ effect: z.string().max(64), place: z.string().max(512) }))
  .max(64)
  .default([])

/** Steps and what is declared of them, before anything is submitted; rollback steps come last. */
export const analysisDraft = z
  .strictObject({ steps: z.array(draftedStep).min(1).max(127), effects: declaredEffects })
  .meta({ id: 'AnalysisDraft' })

export const submission = z
  .strictObject({
    purpose: z.string().trim().min(1).max(8192),
    fault: z.string().max(8192).default(''),
    component: z.string().max(8192).default(''),
    mayShow: z.string().max(8192).default(''),
    effects: declaredEffects,
    notBefore: instant,
    notAfter: instant,
    steps: z.array(submittedStep).min(1).max(64),
    rollback: z.array(submittedStep).max(63).default([]),
  })
  .meta({ id: 'Submission' })

/** What a technician asks to see of captured output. */
export const outputWish = z
  .discriminatedUnion('about', [
    z.strictObject({
      about: z.literal('lines'),
      from: z.int().min(1).max(10_000_000),
      to: z.int().min(1).max(10_000_000),
    }),
    z.strictObject({ about: z.literal('containing'), text: z.string().min(1).max(256) }),
    z.strictObject({ about: z.literal('words'), text: z.string().trim().min(1).max(8192) }),
  ])
  .refine((wish) => wish.about !== 'lines' || wish.from <= wish.to, { error: 'ends before it begins' })
  .meta({ id: 'OutputWish' })

export const declineWord = z.enum(declineWords)

export const outputRequest = z
  .strictObject({
    request: z.int(),
    version: z.int(),
    step: z.int(),
    /** Null once it was erased. */
    wish: outputWish.nullable(),
    answer: z.enum(['released', ...declineWords]).nullable(),
  })
  .meta({ id: 'OutputRequest' })

/** The technician's own view: fixed words, their own text, and what was disclosed to them (invariant 3). */
export const technicianOrder = z
  .strictObject({
    order,
    version: z.int(),
    phase,
    mustAct,
    purpose: z.string(),
    submittedAt: instant,
    notBefore: instant,
    notAfter: instant,
    /** Their latest submission, as they wrote it. */
    submission,
    questions: z.array(
      z.strictObject({ question: z.int(), step: z.int(), text: z.string(), answer: z.string().nullable() }),
    ),
    /** Released pieces that can be read; reading is recorded. */
    releases: z.array(z.strictObject({ release: digest, run, step: z.int(), length: z.int() })),
    /** Output they asked for. A step stands here whether or not it ran. */
    requests: z.array(outputRequest),
    may: z.strictObject({
      revise: permission,
      withdraw: permission,
      answer: permission,
      requestOutput: permission,
    }),
  })
  .meta({ id: 'TechnicianOrder' })

/** A line of the technician's own list: no bytes, which only the single order has. */
export const technicianSummary = z
  .strictObject({
    order,
    version: z.int(),
    phase,
    mustAct,
    purpose: z.string(),
    submittedAt: instant,
    notBefore: instant,
    notAfter: instant,
    /** Questions that wait for their answer. */
    openQuestions: z.int(),
    /** Released pieces that can be read. */
    releases: z.int(),
  })
  .meta({ id: 'TechnicianSummary' })

export const orderSummary = z
  .strictObject({
    order,
    version: z.int(),
    phase,
    mustAct,
    purpose: z.string(),
    technician: named,
    targets: z.array(z.string()),
    /** The most serious level among the steps. */
    level,
    steps: z.int(),
    submittedAt: instant,
    notBefore: instant,
    notAfter: instant,
    claim: z.strictObject({ escort: named, until: instant }).nullable(),
    mine: z.boolean(),
    /** How many requests for output wait for an answer. */
    openRequests: z.int(),
    may: z.strictObject({ claim: permission }),
  })
  .meta({ id: 'OrderSummary' })

export const runView = z
  .strictObject({
    run,
    version: z.int(),
    step: z.int(),
    attempt: z.int(),
    state: z.enum(['intended', 'started', 'ended']),
    intendedAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    outcome: outcome.nullable(),
    killedBy: named.nullable(),
    outputBytes: z.int(),
  })
  .meta({ id: 'Run' })

/** Which of the choices, from 1. */
export const comprehensionAnswer = z.union([z.literal('unknown'), z.int().min(1).max(16)])

/** What the asking person is asked about a step before they are told what it does. */
export const understanding = z
  .strictObject({
    /** Our words for it, and the technician's, are held back until every question is answered. */
    covered: z.boolean(),
    may: permission,
    questions: z.array(
      z.strictObject({
        ask: z.enum(comprehensionQuestions),
        text: z.string(),
        choices: z.array(z.string()),
        answer: comprehensionAnswer.nullable(),
        matched: z.boolean().nullable(),
      }),
    ),
    /** Who did not know, or was wrong: it calls a second escort. */
    doubtedBy: z.array(named),
  })
  .meta({ id: 'Understanding' })

export const reviewStep = z
  .strictObject({
    step: z.int(),
    rollback: z.boolean(),
    digest,
    target: z.string(),
    regime: z.string(),
    address: z.string(),
    hostKeys: z.array(z.string()),
    account: z.string(),
    interpreter,
    bytes: base64,
    sha256: digest,
    files: z.array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        mode: z.string(),
        length: z.int(),
        sha256: digest,
        content: base64,
      }),
    ),
    expected: z.string(),
    maxSeconds: z.int(),
    analysis,
    analysisDigest: digest,
    understanding,
    attempt: z.int(),
    quorum: z.strictObject({ needed: z.int(), allowedBy: z.array(named) }),
    /** What ran before on this target, newest first. */
    history: z.array(z.strictObject({ order, step: z.int(), at: instant, result: z.string() })),
  })
  .meta({ id: 'ReviewStep' })

/** What an escort judges. */
export const review = z
  .strictObject({
    order,
    version: z.int(),
    orderDigest: digest,
    phase,
    mustAct,
    technician: named,
    purpose: z.string(),
    fault: z.string(),
    component: z.string(),
    mayShow: z.string(),
    effects: z.array(z.strictObject({ effect: z.string(), place: z.string() })),
    submittedAt: instant,
    notBefore: instant,
    notAfter: instant,
    claim: z.strictObject({ escort: named, until: instant }).nullable(),
    frozenBy: named.nullable(),
    steps: z.array(reviewStep),
    /** What escorts wrote for the next one when they gave the claim back or handed it over. */
    notes: z.array(z.strictObject({ escort: named, to: named.nullable(), text: z.string(), at: instant })),
    /** The version before this one, step by step, for the difference. */
    former: z
      .strictObject({
        version: z.int(),
        steps: z.array(
          z.strictObject({ target: z.string(), account: z.string(), bytes: base64, rollback: z.boolean() }),
        ),
      })
      .nullable(),
    questions: z.array(
      z.strictObject({
        question: z.int(),
        version: z.int(),
        step: z.int(),
        escort: named,
        text: z.string(),
        answer: z.string().nullable(),
      }),
    ),
    runs: z.array(runView),
    requests: z.array(outputRequest),
    releases: z.array(z.strictObject({ release: digest, run, releaser: named, length: z.int() })),
    may: z.strictObject({
      claim: permission,
      handBack: permission,
      question: permission,
      allow: permission,
      forbid: permission,
      kill: permission,
      freeze: permission,
      release: permission,
      declineOutput: permission,
      rollback: permission,
    }),
  })
  .meta({ id: 'Review' })

/** Captured output for the escort: text with controls made visible is the screen's business; these are raw bytes. */
export const output = z
  .strictObject({
    run,
    complete: z.boolean(),
    frames: z.array(
      z.strictObject({ stream: z.enum(['stdout', 'stderr']), microseconds: z.int(), bytes: base64 }),
    ),
    /** Frame index to ask from next time. */
    next: z.int(),
  })
  .meta({ id: 'Output' })

/** A piece of output proposed for release: the text as it will leave, redactions applied. */
export const releaseDraft = z
  .strictObject({
    run,
    text: z.string().max(4 * 1024 * 1024),
    /** What was taken out, by position in the text that leaves; for the record. */
    redactions: z
      .array(z.strictObject({ start: z.int(), end: z.int(), reason: z.string().max(256) }))
      .max(10_000),
  })
  .meta({ id: 'ReleaseDraft' })

export const signingRequest = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.enum(['allow', 'forbid']),
      version: z.int(),
      steps: z.array(z.int().min(1)).min(1).max(64),
    }),
    z.strictObject({
      kind: z.literal('release'),
      version: z.int(),
      releases: z.array(releaseDraft).min(1).max(64),
    }),
    z.strictObject({ kind: z.literal('freeze'), version: z.int() }),
    z.strictObject({ kind: z.literal('kill'), run }),
  ])
  .meta({ id: 'SigningRequest' })

/** What will be signed, with everything a desk or a CLI needs to re-hash and show it. */
export const signingDraft = z
  .strictObject({
    ticket: z.string(),
    kind: z.string(),
    person,
    /** The statement to sign, ASCII. */
    statement: z.string(),
    names: z.record(z.string(), z.string()),
    order: z.strictObject({ salt: z.string(), document: z.looseObject({}) }).nullable(),
    steps: z.array(
      z.strictObject({
        index: z.int(),
        salt: z.string(),
        document: z.looseObject({}),
        bytes: base64,
        files: z.array(base64),
        analysis: z.looseObject({}),
        analysisSalt: z.string(),
      }),
    ),
    releases: z.array(z.strictObject({ run, salt: z.string(), text: z.string() })),
    recipientFacts: z.strictObject({ salt: z.string(), document: z.looseObject({}) }).nullable(),
  })
  .meta({ id: 'SigningDraft' })

export const auditEntry = z
  .strictObject({
    index: z.int(),
    at: instant,
    type: z.string(),
    order: order.nullable(),
    /** The event as it stands in the log. */
    event: z.looseObject({}),
    people: z.array(named),
  })
  .meta({ id: 'AuditEntry' })

/** Something that an officer must look at. */
export const attentionItem = z
  .strictObject({
    kind: z.enum([
      'order-frozen',
      'start-line-missing',
      'fate-unknown',
      'kill-unconfirmed',
      'host-key-refused',
    ]),
    order,
    run: run.nullable(),
    target: z.string().nullable(),
    /** When the run ended; null for a frozen order. */
    at: instant.nullable(),
    by: named.nullable(),
  })
  .meta({ id: 'AttentionItem' })

export const logStatus = z
  .strictObject({
    size: z.int(),
    root: digest,
    checkpoint: z.string(),
    cosignedSize: z.int(),
    signer: z.strictObject({
      reachable: z.boolean(),
      isolated: z.boolean(),
      rosterVersion: z.int(),
      stops: z.int(),
    }),
    verifiedSize: z.int(),
    verifiedAt: instant.nullable(),
    verified: z.enum(['proven', 'broken', 'not-yet']),
  })
  .meta({ id: 'LogStatus' })

export type Me = z.infer<typeof me>
export type NamedPerson = z.infer<typeof named>
export type Permission = z.infer<typeof permission>
export type Submission = z.infer<typeof submission>
export type Analysis = z.infer<typeof analysis>
export type AnalysisDraft = z.infer<typeof analysisDraft>
export type Understanding = z.infer<typeof understanding>
export type SubmittedStep = z.infer<typeof submittedStep>
export type TechnicianOrder = z.infer<typeof technicianOrder>
export type TechnicianSummary = z.infer<typeof technicianSummary>
export type OrderSummary = z.infer<typeof orderSummary>
export type OutputRequest = z.infer<typeof outputRequest>
export type OutputWish = z.infer<typeof outputWish>
export type DeclineWord = z.infer<typeof declineWord>
export type Review = z.infer<typeof review>
export type ReviewStep = z.infer<typeof reviewStep>
export type RunView = z.infer<typeof runView>
export type Output = z.infer<typeof output>
export type ReleaseDraft = z.infer<typeof releaseDraft>
export type SigningRequest = z.infer<typeof signingRequest>
export type SigningDraft = z.infer<typeof signingDraft>
export type AuditEntry = z.infer<typeof auditEntry>
export type AttentionItem = z.infer<typeof attentionItem>
export type LogStatus = z.infer<typeof logStatus>
