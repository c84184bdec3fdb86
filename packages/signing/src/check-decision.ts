import { err, fromBase64, keyIdOf, ok, toHex, type Result, type Sha256 } from '@chaperone/encoding'
import {
  checkOrderDocument,
  findPerson,
  findTarget,
  malformedStepField,
  type DecisionStatement,
  type OrderDocument,
  type RosterTarget,
  type StepDocument,
  type StepLine,
} from '@chaperone/domain'
import type { SigningDraft } from '@chaperone/contract'
import type { CheckedDecision, CheckedStep } from './checked-draft.ts'
import type { Ground } from './ground.ts'
import { orderDocument, stepDocument } from './draft-documents.ts'
import { opensTo } from './opened.ts'
import type { DraftRefusal } from './draft-refusal.ts'

type Opening = SigningDraft['steps'][number]

/** An allow or a forbid: the order, and for each line the step, its bytes and files, its analysis and its target. */
export function checkDecision(
  draft: SigningDraft,
  statement: DecisionStatement,
  ground: Ground,
): Result<CheckedDecision, DraftRefusal> {
  const order = openOrder(draft, statement, ground.crypto.sha256)
  if (!order.ok) return order
  const refusal = aboutOrder(draft, statement, order.value) ?? aboutNow(statement, ground)
  if (refusal !== undefined) return err(refusal)
  const steps: CheckedStep[] = []
  for (const [i, line] of statement.steps.entries()) {
    const step = checkStep(statement, line, draft.steps[i], order.value, ground)
    if (!step.ok) return step
    steps.push(step.value)
  }
  const { roster } = ground
  const { names, statement: text } = draft
  return ok({ about: 'decision', statement, text, roster, names, order: order.value, steps })
}

function openOrder(
  draft: SigningDraft,
  statement: DecisionStatement,
  sha256: Sha256,
): Result<OrderDocument, DraftRefusal> {
  const { order } = draft
  const parsed = orderDocument.safeParse(order?.document)
  if (
    order === null ||
    !parsed.success ||
    !opensTo('order', statement.orderDigest, order.salt, parsed.data, sha256)
  ) {
    return err({ code: 'opening-mismatch', field: 'order' })
  }
  return checkOrderDocument(parsed.data)
}

function aboutOrder(
  draft: SigningDraft,
  statement: DecisionStatement,
  order: OrderDocument,
): DraftRefusal | undefined {
  for (const field of ['order', 'version', 'technician'] as const) {
    if (statement[field] !== order[field]) return { code: 'statement-not-for-this', field }
  }
  const { notBefore, notAfter } = order
  if (statement.notBefore < notBefore || statement.notAfter > notAfter) {
    return { code: 'window-outside-order', notBefore, notAfter }
  }
  const indexes = statement.steps.map((line) => line.step.index)
  const rising = indexes.every((index, i) => i === 0 || index > indexes[i - 1]!) // i > 0
  if (!rising) return { code: 'statement-not-for-this', field: 'steps' }
  const matched =
    draft.steps.length === indexes.length && draft.steps.every((step, i) => step.index === indexes[i])
  if (!matched || draft.releases.length > 0 || draft.recipientFacts !== null) {
    return { code: 'opening-mismatch', field: 'extra' }
  }
  return undefined
}

/** What the desk's own roster and clock say. A forbid only takes away: it may be signed late. */
function aboutNow(statement: DecisionStatement, { roster, now }: Ground): DraftRefusal | undefined {
  if (statement.escort === statement.technician) return { code: 'escort-is-author' }
  if (statement.roster !== roster.version) {
    return { code: 'roster-stale', signed: statement.roster, current: roster.version }
  }
  if (statement.policy !== roster.policy) return { code: 'policy-stale' }
  const { notAfter } = statement
  return statement.kind === 'allow' && notAfter <= now ? { code: 'window-closed', notAfter } : undefined
}

function checkStep(
  statement: DecisionStatement,
  line: StepLine,
  opening: Opening | undefined,
  order: OrderDocument,
  ground: Ground,
): Result<CheckedStep, DraftRefusal> {
  const { index, of } = line.step
  if (opening === undefined || of !== order.steps.length || order.steps[index - 1] !== line.digest) {
    return err({ code: 'step-unknown', step: index })
  }
  const opened = openStep(line, opening, ground.crypto.sha256)
  if (!opened.ok) return opened
  const target = findTarget(ground.roster, line.target)
  if (target === undefined) return err({ code: 'target-unknown', target: line.target })
  const refusal =
    aboutHost(line, target, ground.crypto.sha256) ??
    (statement.kind === 'allow' ? aboutAllowing(statement, line, target, ground) : undefined)
  if (refusal !== undefined) return err(refusal)
  const rollback = index > order.steps.length - order.rollbackSteps
  return ok({
    ...opened.value,
    line,
    rollback,
    address: `${target.address} port ${target.port}`,
    regime: target.regime,
  })
}

type OpenedStep = Pick<CheckedStep, 'document' | 'bytes' | 'files' | 'analysis'>

function openStep(line: StepLine, opening: Opening, sha256: Sha256): Result<OpenedStep, DraftRefusal> {
  const step = line.step.index
  const mismatch = (field: string) => err({ code: 'opening-mismatch', step, field } as const)
  const parsed = stepDocument.safeParse(opening.document)
  if (!parsed.success || !opensTo('step', line.digest, opening.salt, parsed.data, sha256))
    return mismatch('step')
  const document: StepDocument = parsed.data
  const field = malformedStepField(document)
  if (field !== undefined) return err({ code: 'step-malformed', step, field })
  for (const name of ['target', 'account', 'interpreter'] as const) {
    if (document[name] !== line[name]) return err({ code: 'step-not-as-submitted', step, field: name })
  }
  const bytes = contentOf(opening.bytes, document.bytes, sha256)
  if (bytes === undefined) return mismatch('bytes')
  const files = document.files.map((file, i) => contentOf(opening.files[i] ?? '', file, sha256))
  if (opening.files.length !== files.length || !files.every((file) => file !== undefined))
    return mismatch('files')
  if (!opensTo('analysis', line.analysis, opening.analysisSalt, opening.analysis, sha256))
    return mismatch('analysis')
  return ok({ document, bytes, files, analysis: said(opening.analysis) })
}

/** The bytes, if they are those that the document names. */
function contentOf(
  base64: string,
  { length, sha256: digest }: StepDocument['bytes'],
  sha256: Sha256,
): Uint8Array | undefined {
  const bytes = fromBase64(base64)
  return bytes?.length === length && toHex(sha256(bytes)) === digest ? bytes : undefined
}

function said(analysis: Readonly<Record<string, unknown>>): CheckedStep['analysis'] {
  const word = (value: unknown) => (typeof value === 'string' ? value.slice(0, 2000) : '')
  return { level: word(analysis['level']), summary: word(analysis['summary']) }
}

function aboutHost(line: StepLine, target: RosterTarget, sha256: Sha256): DraftRefusal | undefined {
  const hostKeys = target.hostKeys.map((blob) => keyIdOf(fromBase64(blob) ?? new Uint8Array(), sha256))
  return hostKeys.includes(line.hostKey) ? undefined : { code: 'host-key-not-in-roster', target: line.target }
}

/** What would let too little or too much happen; the gateway and the signer check it again. */
function aboutAllowing(
  { escort }: DecisionStatement,
  line: StepLine,
  target: RosterTarget,
  { roster, keyClass }: Ground,
): DraftRefusal | undefined {
  const { index } = line.step
  const { regime } = target
  if (findPerson(roster, escort)?.regimes.includes(regime) !== true) return { code: 'escort-regime', regime }
  if (!target.accounts.includes(line.account)) return { code: 'account-not-permitted', step: index }
  if (!target.interpreters.includes(line.interpreter))
    return { code: 'interpreter-not-permitted', step: index }
  if (!target.keyClasses.includes(keyClass))
    return { code: 'key-class-not-permitted', target: line.target, class: keyClass }
  return line.seat.of < target.quorum
    ? { code: 'quorum-wrong', step: index, needed: target.quorum }
    : undefined
}
