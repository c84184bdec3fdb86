import type { OutputRequest, Review, RunView } from '@chaperone/contract'
import type { Redaction } from './redaction.ts'

type Wish = NonNullable<OutputRequest['wish']>

/** What waits for an answer about the step that this run was of. */
export function openRequestsOf(
  { requests }: Pick<Review, 'requests'>,
  { version, step }: Pick<RunView, 'version' | 'step'>,
): readonly OutputRequest[] {
  return requests.filter(
    (request) => request.answer === null && request.version === version && request.step === step,
  )
}

/** Takes out every line that was not asked for; nothing where somebody asked in words, which only a person can judge. */
export function takenOutUnasked(
  text: string,
  requests: readonly Pick<OutputRequest, 'wish'>[],
): readonly Redaction[] {
  const wishes = requests.flatMap(({ wish }) => wish ?? [])
  if (wishes.length === 0 || wishes.some((wish) => wish.about === 'words')) return []
  const spans: Redaction[] = []
  let at = 0
  for (const [i, line] of text.split(/(?<=\n)/).entries()) {
    const end = at + line.length
    if (!wishes.some((wish) => isAskedFor(wish, i + 1, line))) extend(spans, at, end)
    at = end
  }
  // The line's end stays, so that what stands in its place has a line of its own.
  return spans
    .map((span) => (text[span.end - 1] === '\n' ? { ...span, end: span.end - 1 } : span))
    .filter(isLong)
}

function isAskedFor(wish: Wish, number: number, line: string): boolean {
  if (wish.about === 'lines') return wish.from <= number && number <= wish.to
  return wish.about === 'containing' && line.includes(wish.text)
}

function extend(spans: Redaction[], start: number, end: number): void {
  const last = spans.at(-1)
  if (last?.end === start) spans.splice(-1, 1, { ...last, end })
  else spans.push({ start, end, reason: 'not asked for', look: 'label' })
}

function isLong({ start, end }: Redaction): boolean {
  return end > start
}
