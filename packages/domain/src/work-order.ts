import {
  invariant,
  type Digest,
  type Instant,
  type OrderId,
  type PersonId,
  type RunId,
  type TargetId,
} from '@chaperone/encoding'
import type { ComprehensionQuestion, DeclineWord, EventOf, OrderEvent, Outcome } from './event.ts'
import type { Interpreter } from './step.ts'
import { parseStatementText, type DecisionStatement, type ReleaseLine, type StepLine } from './statement.ts'

/** A work order as its events left it; a fold, so that a verifier rebuilds it from the log alone. */
export interface WorkOrder {
  readonly order: OrderId
  readonly version: number
  readonly orderDigest: Digest
  readonly technician: PersonId
  readonly submittedAt: Instant
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly steps: readonly OrderStep[]
  readonly rollbackSteps: number
  readonly claim: Claim | null
  /** What escorts wrote for the next one, the latest of them. */
  readonly notes: readonly Note[]
  readonly questions: readonly Question[]
  readonly requests: readonly OutputRequest[]
  readonly comprehension: readonly Comprehension[]
  readonly allowances: readonly Allowance[]
  readonly runs: readonly Run[]
  readonly releases: readonly Release[]
  readonly ended: 'withdrawn' | 'forbidden' | null
  readonly frozenBy: PersonId | null
  readonly erased: boolean
}

export type Level = 'routine' | 'notable' | 'high-impact' | 'stop' | 'opaque'

export interface OrderStep {
  readonly digest: Digest
  readonly target: TargetId
  readonly account: string
  readonly interpreter: Interpreter
  readonly analysis: Digest
  readonly level: Level
}

export interface Claim {
  readonly escort: PersonId
  readonly until: Instant
}

/** A note left with a claim that was given back or handed over; the technician never sees it. */
export interface Note {
  readonly escort: PersonId
  readonly to: PersonId | null
  readonly text: Digest
  readonly at: Instant
}

const mostNotes = 50

export interface Question {
  readonly question: number
  readonly version: number
  readonly step: number
  readonly escort: PersonId
  readonly text: Digest
  readonly answer: Digest | null
}

/** What the technician asked to see of a step's captured output. */
export interface OutputRequest {
  readonly request: number
  readonly version: number
  readonly step: number
  readonly text: Digest
  readonly answer: 'released' | DeclineWord | null
}

/** What an escort said that a step of the version in force does, before they were told. */
export interface Comprehension {
  readonly step: number
  readonly escort: PersonId
  readonly question: ComprehensionQuestion
  /** Which of the choices, from 1. */
  readonly answer: number | 'unknown'
  readonly matched: boolean
}

/** One person's allow statement for the version in force. */
export interface Allowance {
  readonly escort: PersonId
  /** Digest of the statement. */
  readonly statement: Digest
  /** Version of the roster that its signer had before them: an allowance counts under no other. */
  readonly roster: number
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly lines: readonly StepLine[]
}

export interface Run {
  readonly run: RunId
  readonly version: number
  readonly step: number
  readonly attempt: number
  readonly target: TargetId
  readonly state: 'intended' | 'started' | 'ended'
  readonly intendedAt: Instant
  readonly startedAt: Instant | null
  readonly endedAt: Instant | null
  readonly outcome: Outcome | null
  readonly killedBy: PersonId | null
}

export interface Release {
  readonly statement: Digest
  readonly releaser: PersonId
  readonly recipient: PersonId
  readonly recipientFacts: Digest
  readonly lines: readonly ReleaseLine[]
}

/** What `apply` needs of a signed statement beside its bytes. */
export interface StatementReader {
  digestOf(text: string): Digest
}

/** The order after an event that was decided. Throws only for events that `decide` would have refused. */
export function apply(order: WorkOrder | undefined, event: OrderEvent, reader: StatementReader): WorkOrder {
  if (event.type === 'order-submitted') return submitted(event)
  invariant(order !== undefined, 'an order begins with its submission')
  switch (event.type) {
    case 'order-revised':
      return {
        ...submitted(event),
        submittedAt: order.submittedAt,
        claim: keptClaim(order, event),
        notes: order.notes,
        questions: order.questions,
        requests: order.requests,
        runs: order.runs,
        releases: order.releases,
        frozenBy: order.frozenBy,
      }
    case 'order-withdrawn':
      return { ...order, ended: 'withdrawn', claim: null }
    case 'order-claimed':
      return { ...order, claim: { escort: event.escort, until: event.until } }
    case 'claim-returned':
      return {
        ...order,
        claim: event.to === null ? null : { escort: event.to, until: order.claim?.until ?? event.at },
        notes: withNote(order.notes, event),
      }
    case 'question-asked':
      return { ...order, questions: [...order.questions, { ...pickQuestion(event), answer: null }] }
    case 'question-answered':
      return {
        ...order,
        questions: order.questions.map((q) =>
          q.question === event.question ? { ...q, answer: event.text } : q,
        ),
      }
    case 'output-requested':
      return { ...order, requests: [...order.requests, { ...pickRequest(event), answer: null }] }
    case 'output-declined':
      return {
        ...order,
        requests: answered(order, (request) => request.request === event.request, event.word),
      }
    case 'comprehension-recorded':
      return { ...order, comprehension: [...order.comprehension, pickComprehension(event)] }
    case 'decision-recorded':
      return decided(order, event, reader)
    case 'run-intended':
      return { ...order, runs: [...order.runs, intended(event)] }
    case 'run-started':
      return changeRun(order, event.run, { state: 'started', startedAt: event.at })
    case 'run-ended':
      return changeRun(order, event.run, { state: 'ended', endedAt: event.at, outcome: event.outcome })
    case 'kill-requested':
      return changeRun(order, event.run, { killedBy: event.person })
    case 'order-frozen':
      return { ...order, frozenBy: event.person, allowances: [] }
    case 'release-recorded':
      return released(order, event, reader)
    case 'erased':
      return { ...order, erased: true }
    case 'action-signed':
    case 'disclosure-recorded':
      return order
  }
}

function submitted(event: EventOf<'order-submitted'> | EventOf<'order-revised'>): WorkOrder {
  const { order, version, orderDigest, technician, at, notBefore, notAfter, steps, rollbackSteps } = event
  return {
    order,
    version,
    orderDigest,
    technician,
    submittedAt: at,
    notBefore,
    notAfter,
    steps,
    rollbackSteps,
    claim: null,
    notes: [],
    questions: [],
    requests: [],
    comprehension: [],
    allowances: [],
    runs: [],
    releases: [],
    ended: null,
    frozenBy: null,
    erased: false,
  }
}

function withNote(notes: readonly Note[], event: EventOf<'claim-returned'>): readonly Note[] {
  const { escort, to, note: text, at } = event
  return text === null ? notes : [...notes, { escort, to, text, at }].slice(-mostNotes)
}

/** A claim survives a new version only where that touches no target which the claimant was not judged for. */
function keptClaim(order: WorkOrder, event: EventOf<'order-revised'>): Claim | null {
  const judged = new Set(order.steps.map((step) => step.target))
  return event.steps.every((step) => judged.has(step.target)) ? order.claim : null
}

function pickQuestion(event: EventOf<'question-asked'>): Omit<Question, 'answer'> {
  const { question, version, step, escort, text } = event
  return { question, version, step, escort, text }
}

function pickRequest(event: EventOf<'output-requested'>): Omit<OutputRequest, 'answer'> {
  const { request, version, step, text } = event
  return { request, version, step, text }
}

function pickComprehension(event: EventOf<'comprehension-recorded'>): Comprehension {
  const { step, escort, question, answer, matched } = event
  return { step, escort, question, answer, matched }
}

function answered(
  { requests }: WorkOrder,
  isMeant: (request: OutputRequest) => boolean,
  answer: NonNullable<OutputRequest['answer']>,
): readonly OutputRequest[] {
  return requests.map((request) =>
    request.answer === null && isMeant(request) ? { ...request, answer } : request,
  )
}

function decided(order: WorkOrder, event: EventOf<'decision-recorded'>, reader: StatementReader): WorkOrder {
  const statement = readDecision(event.statement.text)
  if (statement.kind === 'forbid') return { ...order, ended: 'forbidden', allowances: [] }
  const { escort, roster, notBefore, notAfter, steps: lines } = statement
  const digest = reader.digestOf(event.statement.text)
  const allowance = { escort, statement: digest, roster, notBefore, notAfter, lines }
  // Under a later roster those of an earlier one can never count again.
  const standing = order.allowances.filter((earlier) => earlier.roster === roster)
  return { ...order, allowances: [...standing, allowance] }
}

function readDecision(text: string): DecisionStatement {
  const parsed = parseStatementText(text)
  invariant(
    parsed.ok && (parsed.value.kind === 'allow' || parsed.value.kind === 'forbid'),
    'a decided decision parses',
  )
  return parsed.value
}

function intended(event: EventOf<'run-intended'>): Run {
  const { run, version, step, attempt, target, at } = event
  return {
    run,
    version,
    step,
    attempt,
    target,
    state: 'intended',
    intendedAt: at,
    startedAt: null,
    endedAt: null,
    outcome: null,
    killedBy: null,
  }
}

function changeRun(order: WorkOrder, run: RunId, change: Partial<Run>): WorkOrder {
  return {
    ...order,
    runs: order.runs.map((candidate) => (candidate.run === run ? { ...candidate, ...change } : candidate)),
  }
}

function released(order: WorkOrder, event: EventOf<'release-recorded'>, reader: StatementReader): WorkOrder {
  const parsed = parseStatementText(event.statement.text)
  invariant(parsed.ok && parsed.value.kind === 'release', 'a decided release parses')
  const { releaser, recipient, recipientFacts, releases: lines } = parsed.value
  const release = {
    statement: reader.digestOf(event.statement.text),
    releaser,
    recipient,
    recipientFacts,
    lines,
  }
  const runs = order.runs.filter(({ run }) => lines.some((line) => line.run === run))
  const isMeant = ({ version, step }: OutputRequest) =>
    runs.some((run) => run.version === version && run.step === step)
  return {
    ...order,
    releases: [...order.releases, release],
    requests: answered(order, isMeant, 'released'),
  }
}

/** Runs of the version in force. */
export function currentRuns(order: WorkOrder): readonly Run[] {
  return order.runs.filter((run) => run.version === order.version)
}

export function activeRun(order: WorkOrder): Run | undefined {
  return order.runs.find((run) => run.state !== 'ended')
}

/** The attempt that a decision about this step (from 1) would be for. */
export function nextAttempt(order: WorkOrder, step: number): number {
  return currentRuns(order).filter((run) => run.step === step).length + 1
}

/** The allowances for this attempt: each person's latest, since people count and not signatures. */
export function allowancesFor(order: WorkOrder, step: number, attempt: number): readonly Allowance[] {
  const latest = new Map<PersonId, Allowance>()
  for (const allowance of order.allowances) {
    const covers = allowance.lines.some((line) => line.step.index === step && line.attempt === attempt)
    if (covers) latest.set(allowance.escort, allowance)
  }
  return [...latest.values()]
}

/** How many people must allow a step: what the target asks, or more where somebody who allowed it asked for more. */
export function seatsNeeded(allowances: readonly Allowance[], step: number, least: number): number {
  const asked = allowances.flatMap((allowance) => allowance.lines.filter((line) => line.step.index === step))
  return Math.max(least, ...asked.map((line) => line.seat.of))
}

/** Whether somebody has decided to go back: from then on no forward step of this version runs. */
export function isRollingBack(order: WorkOrder): boolean {
  const first = firstRollback(order)
  return (
    currentRuns(order).some((run) => run.step >= first) ||
    order.allowances.some((allowance) => allowance.lines.some((line) => line.step.index >= first))
  )
}

export function succeededRun(order: WorkOrder, step: number): Run | undefined {
  return currentRuns(order).find((run) => run.step === step && run.outcome?.result === 'succeeded')
}

/** The first of the rollback steps, counted from 1; one past the end where there are none. */
export function firstRollback(order: Pick<WorkOrder, 'steps' | 'rollbackSteps'>): number {
  return order.steps.length - order.rollbackSteps + 1
}
