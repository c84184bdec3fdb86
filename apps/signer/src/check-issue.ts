import {
  err,
  fromBase64,
  fromHex,
  isId,
  keyIdOf,
  ok,
  secondsOf,
  toHex,
  utf8,
  type Crypto,
  type Instant,
  type PersonId,
  type Result,
  type RunId,
} from '@chaperone/encoding'
import {
  checkOrderDocument,
  checkStatement,
  findTarget,
  malformedStepField,
  orderDigest,
  predecessorOf,
  runIdOf,
  stepDigest,
  stopHitting,
  type CheckedStatement,
  type DecisionStatement,
  type OrderDocument,
  type Roster,
  type RosterTarget,
  type SignedStatement,
  type StepDocument,
  type StepLine,
  type Stop,
} from '@chaperone/domain'
import type { LogView } from './log-view.ts'

/** What the gateway asks for; nothing in it is believed. */
export interface IssueRequest {
  readonly statements: readonly SignedStatement[]
  readonly order: { readonly salt: string; readonly document: OrderDocument }
  readonly step: { readonly salt: string; readonly document: StepDocument }
  readonly index: number
  readonly attempt: number
  readonly intent: number
}

/** What the signer itself knows. */
export interface Known {
  readonly at: Instant
  readonly roster: Roster
  readonly stops: readonly Stop[]
  readonly log: LogView
  readonly spent: (run: RunId) => boolean
  readonly crypto: Crypto
}

export interface IssueRefusal {
  readonly code: string
  readonly [fact: string]: unknown
}

/** What may be issued. */
export interface Grant {
  readonly run: RunId
  readonly target: RosterTarget
  readonly step: StepDocument
  /** Seconds since 1970: the earliest end among the quorum's. */
  readonly notAfter: number
  /** The host key blobs that every statement names. */
  readonly hostKeys: readonly Uint8Array[]
}

type Checked<T> = Result<T, IssueRefusal>

/** Decides whether a certificate may be made. Every way to say no is a line here or in what it calls. */
export function checkIssue(request: IssueRequest, known: Known): Checked<Grant> {
  const { order, step, index, attempt } = request
  const { crypto, roster, at } = known
  if (roster.expires <= at) return err({ code: 'roster-expired', expires: roster.expires })
  const opened = openDocuments(request, crypto)
  if (!opened.ok) return opened
  const { digest, stepDigest: stepHash } = opened.value
  const target = findTarget(roster, step.document.target)
  if (target === undefined) return err({ code: 'target-unknown', target: step.document.target })
  const unsuitable = targetRefusal(target, step.document)
  if (unsuitable !== undefined) return err(unsuitable)
  const quorum = checkQuorum(request, known, target, digest, stepHash)
  if (!quorum.ok) return quorum
  const { decisions, lines } = quorum.value
  const stop = stopHitting(
    known.stops,
    {
      people: [order.document.technician, ...decisions.map((d) => d.person)],
      targets: [target.target],
      regimes: [target.regime],
    },
    at,
  )
  if (stop !== undefined) return err({ code: 'stopped', stop: stop.stop })
  const run = runIdOf(digest, index, attempt, crypto.sha256)
  const logged = checkLog(request, known, digest, stepHash, run)
  if (!logged.ok) return logged
  if (known.spent(run)) return err({ code: 'already-spent', run })
  const hostKeys = target.hostKeys
    .map((blob) => fromBase64(blob))
    .filter(
      (blob) => blob !== undefined && lines.every((line) => line.hostKey === keyIdOf(blob, crypto.sha256)),
    )
  const notAfter = Math.min(
    ...decisions.map((d) => secondsOf(d.statement.notAfter)),
    secondsOf(order.document.notAfter),
  )
  return ok({ run, target, step: step.document, notAfter, hostKeys: hostKeys as Uint8Array[] }) // filtered above
}

function openDocuments(
  { order, step, index }: IssueRequest,
  { sha256 }: Crypto,
): Checked<{ readonly digest: string; readonly stepDigest: string }> {
  const orderSalt = fromHex(order.salt)
  const stepSalt = fromHex(step.salt)
  if (orderSalt?.length !== 32 || stepSalt?.length !== 32) return err({ code: 'opening-malformed' })
  const checked = checkOrderDocument(order.document)
  if (!checked.ok) return checked
  const field = malformedStepField(step.document)
  if (field !== undefined) return err({ code: 'step-malformed', field })
  const hashed = stepDigest(stepSalt, step.document, sha256)
  if (order.document.steps[index - 1] !== hashed) return err({ code: 'step-not-of-order', step: index })
  return ok({ digest: orderDigest(orderSalt, order.document, sha256), stepDigest: hashed })
}

function targetRefusal(target: RosterTarget, step: StepDocument): IssueRefusal | undefined {
  if (!target.accounts.includes(step.account)) return { code: 'account-not-permitted', account: step.account }
  if (!target.interpreters.includes(step.interpreter)) return { code: 'interpreter-not-permitted' }
  if (step.interpreter !== 'bash')
    return { code: 'interpreter-without-runner', interpreter: step.interpreter }
  return step.maxSeconds <= target.maxSeconds ? undefined : { code: 'step-too-long', most: target.maxSeconds }
}

type Decision = CheckedStatement<DecisionStatement>

interface Quorum {
  readonly decisions: readonly Decision[]
  readonly lines: readonly StepLine[]
}

function checkQuorum(
  request: IssueRequest,
  known: Known,
  target: RosterTarget,
  digest: string,
  stepHash: string,
): Checked<Quorum> {
  const decisions: Decision[] = []
  const lines: StepLine[] = []
  for (const signed of request.statements) {
    const decision = checkDecision(signed, request, known, digest)
    if (!decision.ok) return decision
    const line = checkLine(decision.value, request, known, target, stepHash)
    if (!line.ok) return line
    decisions.push(decision.value)
    lines.push(line.value)
  }
  const people = new Set<PersonId>(decisions.map((decision) => decision.person))
  const needed = Math.max(target.quorum, ...lines.map((line) => line.seat.of))
  return people.size >= needed
    ? ok({ decisions, lines })
    : err({ code: 'quorum-missing', have: people.size, needed })
}

function checkDecision(
  signed: SignedStatement,
  { order }: IssueRequest,
  known: Known,
  digest: string,
): Checked<Decision> {
  const checked = checkStatement(signed, known.roster, known.at, known.crypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if (statement.kind !== 'allow') return err({ code: 'statement-not-for-this', field: 'kind' })
  const { document } = order
  for (const [field, same] of [
    ['order', statement.order === document.order],
    ['version', statement.version === document.version],
    ['order-digest', statement.orderDigest === digest],
    ['technician', statement.technician === document.technician],
  ] as const) {
    if (!same) return err({ code: 'statement-not-for-this', field })
  }
  if (statement.escort === document.technician) return err({ code: 'escort-is-author' })
  if (statement.roster !== known.roster.version)
    return err({ code: 'roster-stale', signed: statement.roster, current: known.roster.version })
  if (statement.policy !== known.roster.policy) return err({ code: 'policy-stale' })
  const outside = windowRefusal(statement, document, known.at)
  return outside === undefined ? ok({ ...checked.value, statement }) : err(outside)
}

function windowRefusal(
  statement: DecisionStatement,
  document: OrderDocument,
  at: Instant,
): IssueRefusal | undefined {
  const notBefore = statement.notBefore > document.notBefore ? statement.notBefore : document.notBefore
  const notAfter = statement.notAfter < document.notAfter ? statement.notAfter : document.notAfter
  if (at < notBefore) return { code: 'window-not-open', notBefore }
  return at < notAfter ? undefined : { code: 'window-closed', notAfter }
}

function checkLine(
  decision: Decision,
  request: IssueRequest,
  known: Known,
  target: RosterTarget,
  stepHash: string,
): Checked<StepLine> {
  const { index, attempt, order, step } = request
  const line = decision.statement.steps.find((candidate) => candidate.step.index === index)
  if (line === undefined) return err({ code: 'step-not-allowed', step: index })
  const { document } = step
  for (const [field, same] of [
    ['step', line.step.of === order.document.steps.length],
    ['attempt', line.attempt === attempt],
    ['digest', line.digest === stepHash],
    ['target', line.target === target.target],
    ['account', line.account === document.account],
    ['interpreter', line.interpreter === document.interpreter],
  ] as const) {
    if (!same) return err({ code: 'step-not-as-allowed', step: index, field })
  }
  const hostKeys = target.hostKeys.map((blob) =>
    keyIdOf(fromBase64(blob) ?? new Uint8Array(), known.crypto.sha256),
  )
  if (!hostKeys.includes(line.hostKey)) return err({ code: 'host-key-not-in-roster', target: target.target })
  const escort = known.roster.people.find((person) => person.person === decision.person)
  if (escort?.regimes.includes(target.regime) !== true)
    return err({ code: 'escort-regime', regime: target.regime })
  const { class: keyClass } = decision.key
  const counts = target.keyClasses.includes(keyClass) && (keyClass !== 'software' || target.regime === 'open')
  return counts ? ok(line) : err({ code: 'key-class-not-permitted', class: keyClass })
}

/** The log that was read and cosigned must tell the same story. */
function checkLog(
  request: IssueRequest,
  known: Known,
  digest: string,
  stepHash: string,
  run: RunId,
): Checked<void> {
  const { order, index, attempt, statements } = request
  const { log, crypto } = known
  const seen = log.order(digest)
  if (seen === undefined) return err({ code: 'order-not-logged' })
  if (seen.technician !== order.document.technician || seen.order !== order.document.order)
    return err({ code: 'order-not-as-logged' })
  if (!seen.current || seen.over) return err({ code: 'order-ended' })
  const rollback = index > order.document.steps.length - order.document.rollbackSteps
  if (seen.frozen && !rollback) return err({ code: 'order-frozen' })
  const intent = log.intentAt(request.intent)
  if (intent === undefined) return err({ code: 'intent-not-logged', entry: request.intent })
  const stated = new Set(statements.map((signed) => toHex(crypto.sha256(utf8(signed.text)))))
  const same =
    intent.orderDigest === digest &&
    intent.step === index &&
    intent.attempt === attempt &&
    intent.run === run &&
    intent.stepDigest === stepHash &&
    intent.target === request.step.document.target &&
    intent.decisions.length === stated.size &&
    intent.decisions.every((decision) => stated.has(decision))
  if (!same) return err({ code: 'intent-not-for-this', entry: request.intent })
  if (log.endOf(run) !== undefined) return err({ code: 'run-ended', run })
  return checkPredecessor(request, log, digest, crypto)
}

function checkPredecessor(
  { order, index, intent }: IssueRequest,
  log: LogView,
  digest: string,
  crypto: Crypto,
): Checked<void> {
  const needs = predecessorOf(order.document, index)
  if (needs === undefined) return ok(undefined)
  const after = log.intentAt(intent)?.after
  const end = after == null ? undefined : log.endOf(after.run)
  const proven =
    after != null &&
    end?.result === 'succeeded' &&
    end.entry === after.entry &&
    isAttemptAt(after.run, digest, needs, crypto)
  return proven ? ok(undefined) : err({ code: 'predecessor-missing', step: index, needs })
}

const mostAttempts = 100

/** Whether a run's name is that of an attempt at this step of this order. */
function isAttemptAt(run: RunId, digest: string, step: number, crypto: Crypto): boolean {
  if (!isId('run', run)) return false
  for (let attempt = 1; attempt <= mostAttempts; attempt++)
    if (runIdOf(digest, step, attempt, crypto.sha256) === run) return true
  return false
}
