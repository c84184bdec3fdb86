import { fromUtf8, invariant, toBase64, utf8, type OrderId } from '@chaperone/encoding'
import type { Opening, RecordReader } from '@chaperone/usecases'
import type { Story, Withheld } from './stories.ts'

const documents = ['order', 'step', 'analysis', 'recipient-facts', 'output-request']

/**
 * Lines of `openings.jsonl` (spec/export.md §1): what the log committed to and nothing else. A release that was
 * prepared and never signed is in the store and stays there.
 */
export async function* openingLines(
  reader: RecordReader,
  chosen: ReadonlyMap<OrderId, Story>,
  withheld: (missing: Withheld) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for (const [order, story] of chosen) {
    const missing = new Map(story.commitments)
    for (const opening of await reader.openings(order)) {
      missing.delete(opening.commitment)
      const line = lineOf(opening, story)
      if (line !== undefined) yield utf8(`${JSON.stringify(line)}\n`)
    }
    for (const [what, count] of counted(missing.values())) {
      const { erasedBy } = story
      withheld({ what, why: erasedBy === null ? 'not-stored' : 'erased', by: erasedBy, count })
    }
  }
}

function lineOf(opening: Opening, story: Story): Readonly<Record<string, unknown>> | undefined {
  const { commitment, kind, salt, value } = opening
  if (kind === 'content') {
    const [step = '', place = ''] = commitment.split('/')
    return story.steps.has(step) ? { kind, step, place: Number(place), base64: toBase64(value) } : undefined
  }
  if (story.commitments.get(commitment) !== kind) return undefined
  return documents.includes(kind)
    ? { commitment, kind, salt, json: parsed(value) }
    : { commitment, kind, salt, base64: toBase64(value) }
}

function parsed(value: Uint8Array): unknown {
  const text = fromUtf8(value)
  invariant(text !== undefined, 'a stored document is UTF-8')
  return JSON.parse(text)
}

function counted(words: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
