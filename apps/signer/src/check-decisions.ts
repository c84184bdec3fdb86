import {
  err,
  fromBase64,
  keyIdOf,
  ok,
  type Instant,
  type KeyId,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import {
  checkStatement,
  findPerson,
  type CheckedStatement,
  type DecisionStatement,
  type Roster,
  type RosterTarget,
  type SignedStatement,
  type StepLine,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import type { OpenedDocuments } from './check-documents.ts'
import type { IssueRequest } from './issue-request.ts'
import type { Memory } from './memory.ts'
import type { Refusal } from './refusal.ts'

/** A quorum of people who allowed exactly this. */
export interface Quorum {
  readonly people: readonly PersonId[]
  /** The one host key that every statement names. */
  readonly hostKey: KeyId
  /** The earliest end among the windows. */
  readonly notAfter: Instant
}

type Decision = CheckedStatement<DecisionStatement>

interface Seated {
  readonly decision: Decision
  readonly line: StepLine
}

/** Judges every statement anew; one that does not count refuses the whole. */
export function checkDecisions(
  request: IssueRequest,
  documents: OpenedDocuments,
  roster: Roster,
  log: Memory['log'],
  at: Instant,
): Result<Quorum, Refusal> {
  const seated: Seated[] = []
  for (const signed of request.statements) {
    const decision = checkDecision(signed, documents, roster, at)
    if (!decision.ok) return decision
    const line = checkLine(decision.value, request, documents)
    if (!line.ok) return line
    const refusal =
      unknownHead(decision.value.statement, log) ?? unfitEscort(decision.value, documents.target, roster)
    if (refusal !== undefined) return err(refusal)
    seated.push({ decision: decision.value, line: line.value })
  }
  return quorumOf(seated, documents)
}

function checkDecision(
  signed: SignedStatement,
  documents: OpenedDocuments,
  roster: Roster,
  at: Instant,
): Result<Decision, Refusal> {
  const checked = checkStatement(signed, roster, at, nodeCrypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if (statement.kind !== 'allow') return err({ code: 'statement-not-for-this', field: 'kind' })
  const { order } = documents
  const wrong = firstWrong([
    ['order', statement.order === order.order],
    ['version', statement.version === order.version],
    ['order-digest', statement.orderDigest === documents.orderDigest],
    ['technician', statement.technician === order.technician],
  ])
  if (wrong !== undefined) return err({ code: 'statement-not-for-this', field: wrong })
  if (statement.escort === order.technician)
    return err({ code: 'escort-is-author', escort: statement.escort })
  if (statement.roster !== roster.version)
    return err({ code: 'roster-stale', signed: statement.roster, current: roster.version })
  if (statement.policy !== roster.policy) return err({ code: 'policy-stale' })
  const closed = outsideWindow(statement, at) ?? outsideWindow(order, at)
  return closed === undefined ? ok({ ...checked.value, statement }) : err(closed)
}

interface Window {
  readonly notBefore: Instant
  readonly notAfter: Instant
}

function outsideWindow({ notBefore, notAfter }: Window, at: Instant): Refusal | undefined {
  if (at < notBefore) return { code: 'window-not-open', notBefore }
  return at < notAfter ? undefined : { code: 'window-closed', notAfter }
}

function checkLine(
  { statement }: Decision,
  { index, attempt }: IssueRequest,
  { order, step, stepDigest, target }: OpenedDocuments,
): Result<StepLine, Refusal> {
  const lines = statement.steps.filter((candidate) => candidate.step.index === index)
  const [line] = lines
  if (line === undefined || lines.length > 1) return err({ code: 'step-unknown', step: index })
  const wrong = firstWrong([
    ['step', line.step.of === order.steps.length],
    ['attempt', line.attempt === attempt],
    ['digest', line.digest === stepDigest],
    ['target', line.target === target.target],
    ['account', line.account === step.account],
    ['interpreter', line.interpreter === step.interpreter],
  ])
  return wrong === undefined ? ok(line) : err({ code: 'step-not-as-signed', field: wrong })
}

function firstWrong(claims: readonly (readonly [field: string, holds: boolean])[]): string | undefined {
  return claims.find(([, holds]) => !holds)?.[0]
}

/** A head beyond the log, or another one of its size, was shown to the escort by somebody else's log. */
function unknownHead({ logSize, logRoot }: DecisionStatement, log: Memory['log']): Refusal | undefined {
  const known = logSize < log.size || (logSize === log.size && logRoot === log.root)
  return known ? undefined : { code: 'log-head-unknown', size: logSize }
}

function unfitEscort({ person, key }: Decision, target: RosterTarget, roster: Roster): Refusal | undefined {
  const { regime, keyClasses } = target
  if (findPerson(roster, person)?.regimes.includes(regime) !== true)
    return { code: 'escort-regime', escort: person, regime }
  const counts = keyClasses.includes(key.class) && (key.class !== 'software' || regime === 'open')
  return counts ? undefined : { code: 'key-class-not-permitted', class: key.class }
}

/** People count, not statements and not keys. */
function quorumOf(seated: readonly Seated[], { order, target }: OpenedDocuments): Result<Quorum, Refusal> {
  const people = [...new Set(seated.map(({ decision }) => decision.person))]
  const needed = Math.max(target.quorum, ...seated.map(({ line }) => line.seat.of))
  if (people.length < needed) return err({ code: 'quorum-missing', have: people.length, needed })
  const [hostKey, another] = new Set(seated.map(({ line }) => line.hostKey))
  if (another !== undefined) return err({ code: 'step-not-as-signed', field: 'host-key' })
  if (hostKey === undefined || !hostKeysOf(target).includes(hostKey))
    return err({ code: 'host-key-not-in-roster', target: target.target })
  const ends = [order.notAfter, ...seated.map(({ decision }) => decision.statement.notAfter)]
  return ok({ people, hostKey, notAfter: ends.reduce((first, end) => (end < first ? end : first)) })
}

function hostKeysOf({ hostKeys }: RosterTarget): readonly KeyId[] {
  return hostKeys
    .map((blob) => fromBase64(blob))
    .filter((blob) => blob !== undefined)
    .map((blob) => keyIdOf(blob, nodeCrypto.sha256))
}
