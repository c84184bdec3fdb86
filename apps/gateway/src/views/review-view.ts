import { fromBase64, keyIdOf, toBase64, type PersonId } from '@chaperone/encoding'
import {
  allowancesFor,
  claimant,
  findTarget,
  firstRollback,
  leastSeats,
  nextAttempt,
  phaseOf,
  whoMustAct,
  type Context,
  type Level,
  type Run,
  type WorkOrder,
} from '@chaperone/domain'
import { nameIn, openOrder, type OpenedStep, type RecordReader } from '@chaperone/usecases'
import type { NamedPerson, OrderSummary, Review, ReviewStep, RunView } from '@chaperone/contract'
import { withoutQuestions } from './analysis-view.ts'
import { outputRequestsOf } from './output-requests.ts'
import { mayClaim, permissions, type CoveredSteps } from './permissions.ts'
import { coveredAnalysis, understandingOf } from './understanding.ts'
import { purposeOf, textOf } from './technician-view.ts'

type Names = ReadonlyMap<PersonId, string>

const gravity: readonly Level[] = ['routine', 'notable', 'high-impact', 'opaque', 'stop']

export function named(names: Names, person: PersonId): NamedPerson {
  return { person, name: nameIn(names, person) }
}

/** A line of the escort's inbox. */
export async function summaryOf(
  reader: RecordReader,
  order: WorkOrder,
  person: PersonId,
  context: Context,
  names: Names,
): Promise<OrderSummary> {
  const phase = phaseOf(order, context.at, context.roster.version)
  const purpose = await purposeOf(reader, order)
  const holder = claimant(order, context.at)
  return {
    order: order.order,
    version: order.version,
    phase,
    mustAct: whoMustAct(phase),
    purpose,
    technician: named(names, order.technician),
    targets: [...new Set(order.steps.map((step) => step.target))],
    level: worst(order),
    steps: order.steps.length,
    submittedAt: order.submittedAt,
    notBefore: order.notBefore,
    notAfter: order.notAfter,
    claim:
      holder === undefined || order.claim === null
        ? null
        : { escort: named(names, holder), until: order.claim.until },
    mine: holder === person,
    openRequests: order.requests.filter(({ answer }) => answer === null).length,
    may: { claim: mayClaim(order, person, context) },
  }
}

function worst(order: WorkOrder): Level {
  const index = Math.max(...order.steps.map((step) => gravity.indexOf(step.level)))
  return gravity[index] ?? 'opaque'
}

/** Everything an escort judges by. Whoever calls has checked that this person may see it. */
export async function reviewOf(
  reader: RecordReader,
  order: WorkOrder,
  person: PersonId,
  context: Context,
  names: Names,
  unstored: (run: string) => number,
): Promise<Review> {
  const opened = await openOrder(
    reader,
    order.orderDigest,
    order.steps.map((step) => step.analysis),
  )
  const { purpose, fault, component, mayShow, effects } = opened.order.document
  const steps = await Promise.all(
    opened.steps.map((step, i) => stepView(reader, order, i + 1, step, person, context, names)),
  )
  const phase = phaseOf(order, context.at, context.roster.version)
  const holder = claimant(order, context.at)
  return {
    order: order.order,
    version: order.version,
    orderDigest: order.orderDigest,
    phase,
    mustAct: whoMustAct(phase),
    technician: named(names, order.technician),
    purpose,
    fault,
    component,
    mayShow,
    // What was declared gives the answers away.
    effects: steps.some(({ understanding }) => understanding.covered) ? [] : [...effects],
    submittedAt: order.submittedAt,
    notBefore: order.notBefore,
    notAfter: order.notAfter,
    claim:
      holder === undefined || order.claim === null
        ? null
        : { escort: named(names, holder), until: order.claim.until },
    frozenBy: order.frozenBy === null ? null : named(names, order.frozenBy),
    steps,
    notes: await Promise.all(
      order.notes.map(async ({ escort, to, text, at }) => ({
        escort: named(names, escort),
        to: to === null ? null : named(names, to),
        text: await textOf(reader, text),
        at,
      })),
    ),
    former: await formerVersion(reader, order),
    questions: await Promise.all(
      order.questions.map(async (question) => ({
        question: question.question,
        version: question.version,
        step: question.step,
        escort: named(names, question.escort),
        text: await textOf(reader, question.text),
        answer: question.answer === null ? null : await textOf(reader, question.answer),
      })),
    ),
    requests: await outputRequestsOf(reader, order),
    runs: order.runs.map((run) => runView(run, names, unstored(run.run))),
    releases: order.releases.flatMap((release) =>
      release.lines.map(({ run, length }) => ({
        release: release.statement,
        run,
        releaser: named(names, release.releaser),
        length,
      })),
    ),
    may: permissions(order, person, context, coveredSteps(steps)),
  }
}

async function stepView(
  reader: RecordReader,
  order: WorkOrder,
  index: number,
  step: OpenedStep,
  person: PersonId,
  context: Context,
  names: Names,
): Promise<ReviewStep> {
  const { document } = step.opening
  const target = findTarget(context.roster, document.target)
  const attempt = nextAttempt(order, index)
  const understanding = understandingOf(order, index, step, person, context, (one) => named(names, one))
  const { covered } = understanding
  const analysis = withoutQuestions(step.analysis)
  return {
    step: index,
    rollback: index >= firstRollback(order),
    digest: step.digest,
    target: document.target,
    regime: target?.regime ?? 'unknown',
    address: target === undefined ? 'unknown' : `${target.address}:${target.port}`,
    hostKeys: (target?.hostKeys ?? []).map((blob) =>
      keyIdOf(fromBase64(blob) ?? new Uint8Array(), context.crypto.sha256),
    ),
    account: document.account,
    interpreter: document.interpreter,
    bytes: toBase64(step.bytes),
    sha256: document.bytes.sha256,
    files: document.files.map((file, i) => ({
      ...file,
      label: step.labels[i] ?? file.name,
      content: toBase64(step.files[i] ?? new Uint8Array()),
    })),
    expected: covered ? '' : document.expected,
    maxSeconds: document.maxSeconds,
    analysis: covered ? coveredAnalysis(analysis) : analysis,
    understanding,
    analysisDigest: step.analysisDigest,
    attempt,
    quorum: {
      needed: target === undefined ? 1 : leastSeats(order, index, target, context),
      allowedBy: allowancesFor(order, index, attempt).map((allowance) => named(names, allowance.escort)),
    },
    history: [...(await reader.history(document.target, 10))],
  }
}

/** The first step of either part that this person has not said anything about yet. */
function coveredSteps(steps: readonly ReviewStep[]): CoveredSteps {
  const first = (rollback: boolean) =>
    steps.find((step) => step.rollback === rollback && step.understanding.covered)?.step
  return { work: first(false), rollback: first(true) }
}

export function runView(run: Run, names: Names, outputBytes: number): RunView {
  const { run: id, version, step, attempt, state, intendedAt, startedAt, endedAt, outcome, killedBy } = run
  return {
    run: id,
    version,
    step,
    attempt,
    state,
    intendedAt,
    startedAt,
    endedAt,
    outcome,
    killedBy: killedBy === null ? null : named(names, killedBy),
    outputBytes,
  }
}

/** The version before, found among the order's openings. */
async function formerVersion(reader: RecordReader, order: WorkOrder): Promise<Review['former']> {
  if (order.version === 1) return null
  for (const opening of await reader.openings(order.order)) {
    if (opening.kind !== 'order') continue
    const document = JSON.parse(Buffer.from(opening.value).toString('utf8')) as {
      version: number
      steps: string[]
      rollbackSteps: number
    }
    if (document.version !== order.version - 1) continue
    const first = document.steps.length - document.rollbackSteps + 1
    const steps = await Promise.all(
      document.steps.map((digest, i) => formerStep(reader, digest, i + 1 >= first)),
    )
    return { version: document.version, steps }
  }
  return null
}

async function formerStep(reader: RecordReader, digest: string, rollback: boolean) {
  const [opening, bytes] = await Promise.all([reader.opening(digest), reader.opening(`${digest}/0`)])
  const document = JSON.parse(Buffer.from(opening?.value ?? Buffer.from('{}')).toString('utf8')) as {
    target?: string
    account?: string
  }
  return {
    target: document.target ?? '',
    account: document.account ?? '',
    bytes: toBase64(bytes?.value ?? new Uint8Array()),
    rollback,
  }
}
