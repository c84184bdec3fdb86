import type { VisibleSegment } from '@chaperone/recording'

/** The lines of a text in segments; a final LF ends the last line and begins none. */
export function linesOf(segments: readonly VisibleSegment[]): readonly (readonly VisibleSegment[])[] {
  const lines: VisibleSegment[][] = [[]]
  for (const segment of segments) {
    if (segment.kind === 'mark') {
      lines.at(-1)?.push(segment)
      continue
    }
    segment.text.split('\n').forEach((text, i) => {
      if (i > 0) lines.push([])
      if (text !== '') lines.at(-1)?.push({ ...segment, text })
    })
  }
  if (lines.length > 1 && lines.at(-1)?.length === 0) lines.pop()
  return lines
}
