import type { Digest } from '@chaperone/encoding'
import { parseStatementText, type OrderEvent } from '@chaperone/domain'

export interface Commitment {
  readonly kind: string
  readonly commitment: Digest
  /** False where an earlier entry brought it into the log already. */
  readonly first: boolean
  /** Of a release: how long the text was. */
  readonly length?: number
}

/** The commitments that stand in an entry. */
export function commitmentsOf(event: OrderEvent): readonly Commitment[] {
  switch (event.type) {
    case 'order-submitted':
    case 'order-revised':
      return [
        fresh('order', event.orderDigest),
        ...event.steps.flatMap((step) => [fresh('step', step.digest), fresh('analysis', step.analysis)]),
      ]
    case 'claim-returned':
      return event.note === null ? [] : [fresh('note', event.note)]
    case 'question-asked':
      return [fresh('question', event.text)]
    case 'question-answered':
      return [fresh('answer', event.text)]
    case 'output-requested':
      return [fresh('output-request', event.text)]
    case 'release-recorded':
      return releaseCommitments(event.statement.text)
    case 'disclosure-recorded':
      return [
        { kind: kindOfBasis[event.basis], commitment: event.content, first: false },
        { kind: 'recipient-facts', commitment: event.recipientFacts, first: event.basis !== 'release' },
      ]
    default:
      return []
  }
}

const kindOfBasis = {
  release: 'release',
  'rule-escort-question': 'question',
  'rule-handover-note': 'note',
} as const

function fresh(kind: string, commitment: Digest): Commitment {
  return { kind, commitment, first: true }
}

function releaseCommitments(text: string): readonly Commitment[] {
  const parsed = parseStatementText(text)
  if (!parsed.ok || parsed.value.kind !== 'release') return []
  const { releases, recipientFacts } = parsed.value
  const contents = releases.map(({ content, length }) => ({ ...fresh('release', content), length }))
  return [...contents, fresh('recipient-facts', recipientFacts)]
}
