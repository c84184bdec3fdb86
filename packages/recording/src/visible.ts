/**
 * Text for people to judge: what would change how it is seen, or not be seen at all, becomes a mark with a name. Used
 * for commands before they are signed and for output before it leaves.
 */
export interface VisibleSegment {
  readonly kind: 'text' | 'mark'
  /** What to show; for marks a short stand-in like `␀` or `U+202E`. */
  readonly text: string
  /** For marks: what it is, in words. */
  readonly title: string
}

const names: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL byte'],
  [0x07, 'bell'],
  [0x08, 'backspace'],
  [0x0b, 'vertical tab'],
  [0x0c, 'form feed'],
  [0x0d, 'carriage return'],
  [0x1b, 'escape'],
  [0x7f, 'delete'],
  [0x85, 'next line'],
  [0xa0, 'no-break space'],
  [0xad, 'soft hyphen'],
  [0x061c, 'Arabic letter mark'],
  [0x200b, 'zero-width space'],
  [0x200c, 'zero-width non-joiner'],
  [0x200d, 'zero-width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
  [0x3000, 'wide space'],
  [0xfeff, 'byte order mark'],
])

/** Segments of a text; LF and TAB stay as they are, every other invisible character is a mark. */
export function visible(text: string): readonly VisibleSegment[] {
  const segments: VisibleSegment[] = []
  let plain = ''
  for (const letter of text) {
    const mark = markOf(letter)
    if (mark === undefined) {
      plain += letter
      continue
    }
    if (plain !== '') segments.push({ kind: 'text', text: plain, title: '' })
    plain = ''
    segments.push(mark)
  }
  return plain === '' ? segments : [...segments, { kind: 'text', text: plain, title: '' }]
}

function markOf(letter: string): VisibleSegment | undefined {
  const code = letter.codePointAt(0) ?? 0
  if (letter === '\n' || letter === '\t') return undefined
  const hidden = code < 0x20 || (code >= 0x7f && code < 0xa0) || names.has(code) || isFormat(code)
  if (!hidden) return undefined
  const text = code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '␡' : codeName(code)
  return { kind: 'mark', text, title: names.get(code) ?? `invisible character ${codeName(code)}` }
}

/** Characters of no width or of another script's direction that have no name above. */
function isFormat(code: number): boolean {
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    (code >= 0x2061 && code <= 0x2065) ||
    (code >= 0x206a && code <= 0x206f) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xe0000 && code <= 0xe0fff) ||
    code === 0x034f ||
    code === 0x115f ||
    code === 0x1160 ||
    code === 0x180e ||
    code === 0x3164 ||
    code === 0xffa0
  )
}

function codeName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** As `visible`, for bytes that need not be UTF-8: every byte that is not is a mark of its own. */
export function visibleBytes(bytes: Uint8Array): readonly VisibleSegment[] {
  const segments: VisibleSegment[] = []
  for (const piece of decodePieces(bytes)) {
    if (typeof piece === 'string') segments.push(...visible(piece))
    else segments.push({ kind: 'mark', text: `\\x${hex(piece)}`, title: `invalid byte 0x${hex(piece)}` })
  }
  return segments
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

/** Runs of valid UTF-8 as text, every other byte as its number. */
function decodePieces(bytes: Uint8Array): readonly (string | number)[] {
  const pieces: (string | number)[] = []
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let start = 0
  let at = 0
  const flush = () => {
    if (at > start) pieces.push(decoder.decode(bytes.subarray(start, at)))
  }
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    flush()
    pieces.push(bytes[at] ?? 0)
    at++
    start = at
  }
  flush()
  return pieces
}

/** Length of the valid UTF-8 sequence at `at`; 0 where there is none (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)
  const beyond = (first === 0xed && second >= 0xa0) || (first === 0xf4 && second >= 0x90)
  return overlong || beyond ? 0 : length
}

/** One string with marks in brackets, for terminals and logs. */
export function visibleText(segments: readonly VisibleSegment[]): string {
  return segments.map((segment) => (segment.kind === 'text' ? segment.text : `⟦${segment.text}⟧`)).join('')
}
