import type { Digest, OrderId, PersonId, Sha256 } from '@chaperone/encoding'
import type { EventOf, OrderDocument, OrderEvent, StepDocument } from '@chaperone/domain'
import { commitmentsOf, type Commitment } from './commitments.ts'
import type { ExportSource } from './export-source.ts'
import type { Findings } from './findings.ts'
import { readOpenings, type Content, type Openings } from './read-openings.ts'

/** Compares what is opened with what the log committed to, and counts what is not opened. */
export interface OpeningCheck {
  see(index: number, event: OrderEvent): void
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
  const rule = 'documents-as-recorded'
  const document = openings.opened.get(event.orderDigest)?.document as OrderDocument | undefined
  if (document !== undefined) {
    found.checked(rule)
    const member = differingMember(document, event)
    if (member !== undefined) found.broken(rule, index, { code: 'order-document-differs', member })
  }
  for (const [i, step] of event.steps.entries()) {
    const stepDocument = openings.opened.get(step.digest)?.document as StepDocument | undefined
    if (stepDocument === undefined) continue
    found.checked(rule)
    const member = (['target', 'account', 'interpreter'] as const).find(
      (name) => stepDocument[name] !== step[name],
    )
    if (member !== undefined)
      found.broken(rule, index, { code: 'step-document-differs', step: i + 1, member })
    compareContents(index, step.digest, stepDocument, openings, found)
  }
}

function differingMember(document: OrderDocument, event: Submission): string | undefined {
  const plain = ['order', 'version', 'technician', 'notBefore', 'notAfter', 'rollbackSteps'] as const
  const member = plain.find((name) => document[name] !== event[name])
  if (member !== undefined) return member
  const { steps } = document
  const same = Array.isArray(steps) && steps.length === event.steps.length
  return same && event.steps.every((step, i) => step.digest === steps[i]) ? undefined : 'steps'
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
