import { toHex, type Sha256 } from '@chaperone/encoding'
import { visible, visibleBytes, type VisibleSegment } from '@chaperone/recording'
import type { ContentView, Shown } from './view.ts'

// A browser lays out this many marks; what has more is no text that anybody reads.
const mostMarks = 20_000
const bytesInRow = 16

/** Bytes as a person can judge them: text with what is invisible in it marked, or a dump of every byte. */
export function contentView(bytes: Uint8Array, sha256: Sha256): ContentView {
  const { length } = bytes
  const digest = toHex(sha256(bytes))
  const segments = visibleBytes(bytes)
  const marks = segments.filter((segment) => segment.kind === 'mark').length
  if (marks > mostMarks) {
    const lines = Math.ceil(length / bytesInRow)
    return { length, sha256: digest, form: 'bytes', lines, shown: [dump(bytes)] }
  }
  return { length, sha256: digest, form: 'text', lines: countLines(bytes), shown: shownOf(segments) }
}

/** A short free text with its invisible characters marked. */
export function textView(text: string): readonly Shown[] {
  return shownOf(visible(text))
}

function shownOf(segments: readonly VisibleSegment[]): readonly Shown[] {
  return segments.map(({ kind, text, title }) => (kind === 'text' ? text : [text, title]))
}

/** A last line without LF is a line. */
function countLines(bytes: Uint8Array): number {
  let feeds = 0
  for (const byte of bytes) if (byte === 0x0a) feeds++
  return bytes.length === 0 || bytes.at(-1) === 0x0a ? feeds : feeds + 1
}

function dump(bytes: Uint8Array): string {
  const rows: string[] = []
  for (let at = 0; at < bytes.length; at += bytesInRow) {
    const row = bytes.subarray(at, at + bytesInRow)
    const pairs = toHex(row).replace(/../g, '$& ')
    const letters = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
    rows.push(`${at.toString(16).padStart(8, '0')}  ${pairs.padEnd(3 * bytesInRow)} ${letters.join('')}`)
  }
  return rows.join('\n')
}
