import { toHex, type Sha256 } from '@chaperone/encoding'
import { visible, visibleBytes, type VisibleSegment } from '@chaperone/recording'
import type { ContentView, Shown } from './view.ts'

// A browser lays out this many marks; what has more is no text that anybody reads.
const mostMarks = 20_000
const bytesInRow = 16
const bytesInSlice = 64 * 1024

/** Bytes as a person can judge them: text with what is invisible in it marked, or a dump of every byte. */
export function contentView(bytes: Uint8Array, sha256: Sha256): ContentView {
  const { length } = bytes
  const digest = toHex(sha256(bytes))
  const shown = markedText(bytes)
  return shown === undefined
    ? { length, sha256: digest, form: 'bytes', lines: Math.ceil(length / bytesInRow), shown: [dump(bytes)] }
    : { length, sha256: digest, form: 'text', lines: countLines(bytes), shown }
}

/** `undefined` as soon as there are too many marks: whoever wrote the bytes must not choose how much memory we take. */
function markedText(bytes: Uint8Array): readonly Shown[] | undefined {
  const shown: Shown[] = []
  let marks = 0
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = endOfSlice(bytes, start)
    const segments = visibleBytes(bytes.subarray(start, end))
    marks += segments.filter((segment) => segment.kind === 'mark').length
    if (marks > mostMarks) return undefined
    for (const piece of shownOf(segments)) shown.push(piece)
  }
  return shown
}

/** Never within a letter: a byte that continues one stays with it. */
function endOfSlice(bytes: Uint8Array, start: number): number {
  let end = Math.min(start + bytesInSlice, bytes.length)
  const least = end - 3
  while (end > least && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return end
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
