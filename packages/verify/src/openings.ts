import type { Digest, Json, OrderId, PersonId, Sha256 } from '@chaperone/encoding'
import type { EventOf, OrderDocument, OrderEvent, StepDocument } from '@chaperone/domain'
import { commitmentsOf, type Commitment } from './commitments.ts'
import { readOrderDocument, readStepDocument, type AnalysisGist } from './document-shapes.ts'
import type { ExportSource } from './export-source.ts'
import type { Findings, Why } from './findings.ts'
import { readOpenings, type Content, type Openings } from './read-openings.ts'

/** Compares what is opened with what the log committed to, and counts what is not opened. */
export interface OpeningCheck {
  see(index: number, event: OrderEvent): void
  /** Compares what is recorded of an answer about a step with the step's analysis. */
  answered(index: number, event: EventOf<'comprehension-recorded'>, analysis: Digest): void
  erase(order: OrderId, by: PersonId): void
  end(): void
}

export function openingCheck(source: ExportSource, sha256: Sha256, found: Findings): OpeningCheck {
  const openings = readOpenings(source, sha256, found)
  const closed = new Map<OrderId, number>()
  const erased = new Map<OrderId, PersonId>()

  function meet(index: number, order: OrderId, { kind, commitment, first, length }: Commitment): void {
    const opened = openings.opened.get(commitment)
    if (opened === undefined) {
      if (first) closed.set(order, (closed.get(order) ?? 0) + 1)
      return
    }
    opened.seen = true
    if (opened.kind !== kind) {
      found.broken('openings-match', index, {
        code: 'opening-of-another-kind',
        commitment,
        kind: opened.kind,
      })
    }
    if (length === undefined) return
    found.checked('documents-as-recorded')
    if (length !== opened.length) {
      found.broken('documents-as-recorded', index, {
        code: 'length-wrong',
        commitment,
        length: opened.length,
      })
    }
  }

  return {
    see(index, event) {
      for (const commitment of commitmentsOf(event)) meet(index, event.order, commitment)
      if (event.type === 'order-submitted' || event.type === 'order-revised') {
        compareDocuments(index, event, openings, found)
      }
    },
    answered(index, event, analysis) {
      const opened = openedAs('analysis', analysis, openings)
      if (opened !== undefined)
        judge(answerWrong(event, opened as unknown as AnalysisGist | null), index, found)
    },
    erase(order, by) {
      erased.set(order, by)
    },
    end() {
      for (const [commitment, { seen }] of openings.opened) {
        if (!seen) found.broken('openings-match', null, { code: 'opening-of-nothing', commitment })
      }
      for (const [order, count] of closed) {
        const by = erased.get(order) ?? null
        const why = by === null ? 'withheld' : 'erased'
        for (const rule of ['openings-match', 'documents-as-recorded'] as const) {
          found.missing(rule, { what: 'openings', why, by, count, entry: null })
        }
      }
    },
  }
}

type Submission = EventOf<'order-submitted'> | EventOf<'order-revised'>

/** An entry tells of an order in clear what its document must say too. */
function compareDocuments(index: number, event: Submission, openings: Openings, found: Findings): void {
  const order = openedAs('order', event.orderDigest, openings)
  if (order !== undefined) {
    const document = readOrderDocument(order)
    const member = document === undefined ? 'document' : differingMember(document, event)
    judge(member === undefined ? undefined : { code: 'order-document-differs', member }, index, found)
  }
  for (const [i, step] of event.steps.entries()) {
    const opened = openedAs('analysis', step.analysis, openings)
    if (opened !== undefined) {
      const analysis = opened as unknown as AnalysisGist | null // as it was kept
      judge(
        analysis?.level === step.level ? undefined : { code: 'analysis-differs', step: i + 1 },
        index,
        found,
      )
    }
    compareStep(index, i + 1, step, openings, found)
  }
}

function answerWrong(
  { step, question, answer, matched }: EventOf<'comprehension-recorded'>,
  analysis: AnalysisGist | null,
): Why | undefined {
  const asked = analysis?.questions.find(({ ask }) => ask === question)
  const offered = asked !== undefined && (answer === 'unknown' || answer <= asked.choices.length)
  const right = offered && answer !== 'unknown' && asked.right.includes(answer - 1)
  return offered && matched === right ? undefined : { code: 'answer-differs', step, question }
}

function judge(why: Why | undefined, index: number, found: Findings): void {
  found.checked('documents-as-recorded')
  if (why !== undefined) found.broken('documents-as-recorded', index, why)
}

/** What was opened under this commitment; `undefined` when nothing was, or something of another kind. */
function openedAs(kind: string, commitment: Digest, { opened }: Openings): Json | undefined {
  const found = opened.get(commitment)
  return found?.kind === kind ? found.document : undefined
}

function compareStep(
  index: number,
  number: number,
  step: Submission['steps'][number],
  openings: Openings,
  found: Findings,
): void {
  const opened = openedAs('step', step.digest, openings)
  if (opened === undefined) return
  const document = readStepDocument(opened)
  const members = ['target', 'account', 'interpreter'] as const
  const member = document === undefined ? 'document' : members.find((name) => document[name] !== step[name])
  const why = member === undefined ? undefined : { code: 'step-document-differs', step: number, member }
  judge(why, index, found)
  if (document !== undefined) compareContents(index, step.digest, document, openings, found)
}

function differingMember(document: OrderDocument, event: Submission): string | undefined {
  const plain = ['order', 'version', 'technician', 'notBefore', 'notAfter', 'rollbackSteps'] as const
  const member = plain.find((name) => document[name] !== event[name])
  if (member !== undefined) return member
  const { steps } = document
  return steps.length === event.steps.length && event.steps.every((step, i) => step.digest === steps[i])
    ? undefined
    : 'steps'
}

function compareContents(
  index: number,
  digest: Digest,
  { bytes, files }: StepDocument,
  openings: Openings,
  found: Findings,
): void {
  for (const [place, expected] of [bytes, ...files].entries()) {
    const content = openings.contents.get(`${digest}/${place}`)
    if (content === undefined) {
      found.missing('documents-as-recorded', {
        what: 'content',
        why: 'withheld',
        by: null,
        count: 1,
        entry: index,
      })
    } else {
      found.checked('documents-as-recorded')
      if (!isContent(content, expected)) {
        found.broken('documents-as-recorded', index, { code: 'content-differs', step: digest, place })
      }
    }
  }
}

function isContent(content: Content, expected: Pick<StepDocument['bytes'], 'length' | 'sha256'>): boolean {
  return content.length === expected.length && content.sha256 === expected.sha256
}
