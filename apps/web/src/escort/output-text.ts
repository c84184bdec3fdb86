import { concat, fromBase64 } from '@chaperone/encoding'
import { visibleBytes } from '@chaperone/recording'
import type { Output } from '@chaperone/contract'
import { markedText } from '../parts/mark-name.ts'

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr'
  /** Bytes as text, with every invisible character as a mark in `⟦ ⟧`. */
  readonly text: string
}

/**
 * Captured output as text, in the order it came. What an escort sees is what leaves: marks stay marks, so that no
 * control character can carry anything out of sight.
 */
export function outputText(frames: Output['frames']): readonly OutputPiece[] {
  const open = { stdout: new Uint8Array(), stderr: new Uint8Array() }
  const pieces: OutputPiece[] = []
  const add = (stream: OutputPiece['stream'], bytes: Uint8Array) => {
    const text = markedText(visibleBytes(bytes))
    const last = pieces.at(-1)
    if (text === '') return
    if (last?.stream === stream) pieces.splice(-1, 1, { stream, text: last.text + text })
    else pieces.push({ stream, text })
  }
  for (const { stream, bytes } of joined(frames)) {
    const whole = concat(open[stream], bytes)
    const cut = whole.length - unfinished(whole)
    open[stream] = whole.slice(cut)
    add(stream, whole.subarray(0, cut))
  }
  for (const stream of ['stdout', 'stderr'] as const) add(stream, open[stream])
  return pieces
}

/** Neighbouring frames of one stream as one. */
function joined(
  frames: Output['frames'],
): readonly { readonly stream: OutputPiece['stream']; readonly bytes: Uint8Array }[] {
  const groups: { stream: OutputPiece['stream']; parts: Uint8Array[] }[] = []
  for (const { stream, bytes } of frames) {
    const part = fromBase64(bytes) ?? new Uint8Array()
    const last = groups.at(-1)
    if (last?.stream === stream) last.parts.push(part)
    else groups.push({ stream, parts: [part] })
  }
  return groups.map(({ stream, parts }) => ({ stream, bytes: concat(...parts) }))
}

/** How many bytes at the end begin a UTF-8 sequence whose rest may be in the stream's next frame. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

const longestLine = 400

/** The end of an output: so many lines at most, and no more text than such lines may have. */
export function lastLines(
  pieces: readonly OutputPiece[],
  most: number,
): { readonly pieces: readonly OutputPiece[]; readonly cut: boolean } {
  const text = pieces.map((piece) => piece.text).join('')
  let start = text.length
  for (let line = 0; line < most && start > 0; line++)
    start = start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1
  start = Math.max(start, text.length - most * longestLine)
  const kept: OutputPiece[] = []
  let at = 0
  for (const piece of pieces) {
    const rest = piece.text.slice(Math.max(0, start - at))
    if (rest !== '') kept.push({ ...piece, text: rest })
    at += piece.text.length
  }
  return { pieces: kept, cut: start > 0 }
}
