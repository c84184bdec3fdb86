import type { Frame } from './frame.ts'

/**
 * asciicast v3 of a recording, for players. It is text: bytes that are not UTF-8 become U+FFFD, so that it is a view
 * and never the evidence.
 */
export function asciicast(frames: readonly Frame[], exit: number | undefined): string {
  const lines = [JSON.stringify({ version: 3, term: { cols: 120, rows: 32 } })]
  const decoders = { stdout: streamDecoder(), stderr: streamDecoder(), control: streamDecoder() }
  let last = 0
  for (const { stream, microseconds, bytes } of frames) {
    if (stream === 'control') continue
    const text = decoders[stream](bytes).replaceAll('\n', '\r\n')
    lines.push(JSON.stringify([Math.max(0, microseconds - last) / 1e6, 'o', text]))
    last = Math.max(last, microseconds)
  }
  if (exit !== undefined) lines.push(JSON.stringify([0, 'x', String(exit)]))
  return `${lines.join('\n')}\n`
}

/** The text of one stream. */
export function textOf(frames: readonly Frame[], stream: Frame['stream']): string {
  const decode = streamDecoder()
  return frames
    .filter((frame) => frame.stream === stream)
    .map((frame) => decode(frame.bytes))
    .join('')
}

/** Decodes pieces of a stream whose borders may fall inside a character. */
function streamDecoder(): (bytes: Uint8Array) => string {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  let kept = new Uint8Array(0)
  return (bytes) => {
    const whole = new Uint8Array(kept.length + bytes.length)
    whole.set(kept)
    whole.set(bytes, kept.length)
    const end = completeEnd(whole)
    kept = whole.slice(end)
    return lenient.decode(whole.subarray(0, end))
  }
}

/** Where a character begins that the next piece may complete. */
function completeEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
    return needs > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
