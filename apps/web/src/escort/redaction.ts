/** A span of captured text that must not leave, in UTF-16 offsets. */
export interface Redaction {
  readonly start: number
  readonly end: number
  readonly reason: string
  /** `label` says the reason in its place; `blocks` keeps the width, so that columns stay aligned. */
  readonly look: 'label' | 'blocks'
}

export interface Piece {
  readonly text: string
  readonly redacted: boolean
}

/** Adds a span. It swallows those that it touches, so that spans never overlap and stay in order. */
export function addRedaction(
  text: string,
  redactions: readonly Redaction[],
  added: Redaction,
): readonly Redaction[] {
  const [low, high] = [Math.min(added.start, added.end), Math.max(added.start, added.end)]
  let start = Math.max(0, low)
  let end = Math.min(text.length, high)
  if (end <= start) return redactions
  // Half of a surrogate pair would leave the other half behind.
  if (isLowSurrogate(text, start)) start--
  if (isLowSurrogate(text, end)) end++
  const apart = redactions.filter((other) => other.end <= start || other.start >= end)
  const touched = redactions.filter((other) => !apart.includes(other))
  const whole = {
    ...added,
    start: Math.min(start, ...touched.map((other) => other.start)),
    end: Math.max(end, ...touched.map((other) => other.end)),
  }
  return [...apart, whole].sort((a, b) => a.start - b.start)
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return at > 0 && code >= 0xdc00 && code <= 0xdfff
}

/** Adds every occurrence of a text. */
export function redactEvery(
  text: string,
  redactions: readonly Redaction[],
  needle: string,
  how: Pick<Redaction, 'reason' | 'look'>,
): readonly Redaction[] {
  if (needle === '') return redactions
  let result = redactions
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length))
    result = addRedaction(text, result, { ...how, start: at, end: at + needle.length })
  return result
}

/** The text in pieces as it leaves. */
export function piecesOf(text: string, redactions: readonly Redaction[]): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const redaction of redactions) {
    pieces.push({ text: text.slice(at, redaction.start), redacted: false })
    pieces.push({ text: standIn(text, redaction), redacted: true })
    at = redaction.end
  }
  return [...pieces, { text: text.slice(at), redacted: false }].filter((piece) => piece.text !== '')
}

function standIn(text: string, { start, end, reason, look }: Redaction): string {
  if (look === 'label') return `[redacted: ${reason}]`
  return Array.from(text.slice(start, end), (letter) => (letter === '\n' ? '\n' : '█')).join('')
}

/** What leaves, and where in it something was taken out. */
export function redacted(
  text: string,
  redactions: readonly Redaction[],
): { readonly text: string; readonly redactions: { start: number; end: number; reason: string }[] } {
  let leaves = ''
  const marks: { start: number; end: number; reason: string }[] = []
  let at = 0
  for (const redaction of redactions) {
    leaves += text.slice(at, redaction.start)
    const start = leaves.length
    leaves += standIn(text, redaction)
    marks.push({ start, end: leaves.length, reason: redaction.reason })
    at = redaction.end
  }
  return { text: leaves + text.slice(at), redactions: marks }
}
