import { concat, err, ok, u32, u64, type Result } from '@chaperone/encoding'

/** A piece of a run's output as it arrived (spec/recording.md §1). */
export interface Frame {
  readonly stream: 'stdout' | 'stderr' | 'control'
  /** Since the recording began. */
  readonly microseconds: number
  readonly bytes: Uint8Array
}

const streams = ['stdout', 'stderr', 'control'] as const
const headSize = 13
export const largestFrame = 16 * 1024 * 1024

/** u8 stream, u64 microseconds, u32 length, bytes; one after the other. */
export function encodeFrames(frames: readonly Frame[]): Uint8Array {
  return concat(
    ...frames.flatMap(({ stream, microseconds, bytes }) => [
      new Uint8Array([streams.indexOf(stream)]),
      u64(BigInt(microseconds)),
      u32(bytes.length),
      bytes,
    ]),
  )
}

export type FrameRefusal = { readonly code: 'frame-malformed'; readonly offset: number }

export function decodeFrames(bytes: Uint8Array): Result<readonly Frame[], FrameRefusal> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length;) {
    const stream = streams[bytes[at] ?? 255]
    const malformed = err({ code: 'frame-malformed', offset: at } as const)
    if (stream === undefined || at + headSize > bytes.length) return malformed
    const microseconds = Number(view.getBigUint64(at + 1))
    const length = view.getUint32(at + 9)
    const end = at + headSize + length
    if (!Number.isSafeInteger(microseconds) || length > largestFrame || end > bytes.length) return malformed
    frames.push({ stream, microseconds, bytes: bytes.subarray(at + headSize, end) })
    at = end
  }
  return ok(frames)
}
