import type { VisibleSegment } from '@chaperone/recording'

const controls = [
  ...['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'HT', 'LF', 'VT', 'FF', 'CR', 'SO', 'SI'],
  ...[
    'DLE',
    'DC1',
    'DC2',
    'DC3',
    'DC4',
    'NAK',
    'SYN',
    'ETB',
    'CAN',
    'EM',
    'SUB',
    'ESC',
    'FS',
    'GS',
    'RS',
    'US',
  ],
] as const

const firstPicture = 0x2400
const deletePicture = 0x2421

/** What a mark shows: letters for control characters, whose own pictures few fonts have. */
export function markName({ text }: VisibleSegment): string {
  const code = text.codePointAt(0) ?? 0
  if (code === deletePicture) return 'DEL'
  return controls[code - firstPicture] ?? text
}

/** One string with marks in brackets, as output is shown and as it leaves. */
export function markedText(segments: readonly VisibleSegment[]): string {
  return segments
    .map((segment) => (segment.kind === 'text' ? segment.text : `⟦${markName(segment)}⟧`))
    .join('')
}
