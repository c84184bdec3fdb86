import { fromUtf8, toBase64 } from '@chaperone/encoding'
import { decide, phaseOf, whoMustAct, type Context, type Refusal, type WorkOrder } from '@chaperone/domain'
import { openOrder, type OpenedStep, type PrepareRefusal, type RecordReader } from '@chaperone/usecases'
import type {
  Permission,
  Submission,
  SubmittedStep,
  TechnicianOrder,
  TechnicianSummary,
} from '@chaperone/contract'
import { outputRequestsOf } from './output-requests.ts'
import { plain } from '../http/problem.ts'

/**
 * What a technician is told (invariant 3): fixed words, their own text, questions disclosed by rule, and that something
 * was released. No outcome, no time of a run, no exit code, no name of an escort.
 */
export async function technicianView(
  reader: RecordReader,
  order: WorkOrder,
  context: Context,
): Promise<TechnicianOrder> {
  const { at, roster } = context
  const phase = phaseOf(order, at, roster.version)
  return {
    order: order.order,
    version: order.version,
    phase,
    mustAct: whoMustAct(phase),
    submittedAt: order.submittedAt,
    notBefore: order.notBefore,
    notAfter: order.notAfter,
    ...(await ownText(reader, order)),
    questions: await questionsOf(reader, order),
    releases: releasesOf(order),
    requests: await outputRequestsOf(reader, order),
    may: {
      revise: plainPermission(revisionRefusal(order)),
      withdraw: plainPermission(withdrawRefusal(order)),
      requestOutput: plainPermission(requestRefusal(order, context)),
      answer: plainPermission(
        order.questions.some((question) => question.answer === null)
          ? undefined
          : { code: 'question-unknown', question: 0 },
      ),
    },
  }
}

/** A line of the technician's own list, by the same rule. */
export async function technicianSummaryOf(
  reader: RecordReader,
  order: WorkOrder,
  { at, roster }: Context,
): Promise<TechnicianSummary> {
  const phase = phaseOf(order, at, roster.version)
  const { version, submittedAt, notBefore, notAfter, questions } = order
  return {
    order: order.order,
    version,
    phase,
    mustAct: whoMustAct(phase),
    purpose: await purposeOf(reader, order),
    submittedAt,
    notBefore,
    notAfter,
    openQuestions: questions.filter(({ answer }) => answer === null).length,
    releases: releasesOf(order).length,
  }
}

/** What the order is for, without opening its steps. */
export async function purposeOf(reader: RecordReader, order: WorkOrder): Promise<string> {
  const opening = await reader.opening(order.orderDigest)
  const text = opening === undefined ? undefined : fromUtf8(opening.value)
  return text === undefined ? '[erased]' : (JSON.parse(text) as { readonly purpose: string }).purpose
}

export function permission(refusal: PrepareRefusal | undefined): Permission {
  return { permitted: refusal === undefined, refusal: refusal ?? null }
}

/** Why not, without who and which (invariant 3). */
function plainPermission(refusal: Refusal | undefined): Permission {
  if (refusal === undefined) return permission(undefined)
  const { code, ...facts } = refusal
  return { permitted: false, refusal: { code, ...plain(facts) } }
}

async function ownText(
  reader: RecordReader,
  order: WorkOrder,
): Promise<{ readonly purpose: string; readonly submission: Submission }> {
  const opened = await openOrder(
    reader,
    order.orderDigest,
    order.steps.map((step) => step.analysis),
  )
  const { purpose, fault, component, mayShow, effects, notBefore, notAfter, rollbackSteps } =
    opened.order.document
  const steps = opened.steps.map(asSubmitted)
  const forward = steps.length - rollbackSteps
  return {
    purpose,
    submission: {
      purpose,
      fault,
      component,
      mayShow,
      effects: [...effects],
      notBefore,
      notAfter,
      steps: steps.slice(0, forward),
      rollback: steps.slice(forward),
    },
  }
}

function asSubmitted(step: OpenedStep): SubmittedStep {
  const { target, account, interpreter, expected, maxSeconds, files } = step.opening.document
  return {
    target,
    account,
    interpreter,
    bytes: toBase64(step.bytes),
    files: files.map((file, i) => ({
      label: step.labels[i] ?? file.name,
      mode: file.mode,
      content: toBase64(step.files[i] ?? new Uint8Array()),
    })),
    expected,
    maxSeconds,
  }
}

async function questionsOf(reader: RecordReader, order: WorkOrder): Promise<TechnicianOrder['questions']> {
  return Promise.all(
    order.questions.map(async ({ question, step, text, answer }) => ({
      question,
      step,
      text: await textOf(reader, text),
      answer: answer === null ? null : await textOf(reader, answer),
    })),
  )
}

export async function textOf(reader: RecordReader, commitment: string): Promise<string> {
  const opening = await reader.opening(commitment)
  return opening === undefined ? '[erased]' : (fromUtf8(opening.value) ?? '[not text]')
}

function releasesOf(order: WorkOrder): TechnicianOrder['releases'] {
  return order.releases.flatMap((release) =>
    release.lines.map(({ run, length }) => ({
      release: release.statement,
      run,
      step: order.runs.find((candidate) => candidate.run === run)?.step ?? 0,
      length,
    })),
  )
}

/** As `revise` would refuse, as far as it can be told before there is a new version. */
function revisionRefusal(order: WorkOrder): Refusal | undefined {
  if (order.ended === 'withdrawn') return { code: 'order-ended', ended: order.ended }
  if (order.frozenBy !== null) return { code: 'order-frozen', by: order.frozenBy }
  return runningRefusal(order)
}

function requestRefusal(order: WorkOrder, context: Context): Refusal | undefined {
  const { technician, version } = order
  const decided = decide(
    order,
    {
      v: 1,
      type: 'output-requested',
      at: context.at,
      order: order.order,
      version,
      step: 1,
      request: order.requests.length + 1,
      technician,
      text: '0'.repeat(64),
    },
    context,
  )
  return decided.ok ? undefined : decided.error
}

function withdrawRefusal(order: WorkOrder): Refusal | undefined {
  if (order.ended !== null) return { code: 'order-ended', ended: order.ended }
  return runningRefusal(order)
}

function runningRefusal(order: WorkOrder): Refusal | undefined {
  const running = order.runs.find((run) => run.state !== 'ended')
  return running === undefined ? undefined : { code: 'run-in-progress', run: running.run }
}
