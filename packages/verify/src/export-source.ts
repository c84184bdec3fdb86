import { fromUtf8 } from '@chaperone/encoding'

/**
 * How an export is read (spec/export.md). Handed in, so that this package reaches neither files nor network. All of it
 * is hostile: whoever wrote the export may have written anything.
 */
export interface ExportSource {
  /** The bytes of a file by its path in the export, or `undefined` when there is none. */
  read(path: string): Uint8Array | undefined
  /** A text file line by line, without reading it whole; nothing when there is none. */
  lines(path: string): Iterable<string>
}

/** Reads `length` bytes of a file from an offset, fewer at its end; `undefined` when there is no such file. */
export type ReadPiece = (path: string, offset: number, length: number) => Uint8Array | undefined

/** Larger than any chunk, tile or roster that an export may hold. */
export const largestFile = 64 * 1024 * 1024
const pieceSize = 64 * 1024

/** A source over whatever reads pieces of files: a folder, an archive, memory. */
export function exportSource(readPiece: ReadPiece): ExportSource {
  function* pieces(path: string): Generator<Uint8Array> {
    for (let offset = 0; ;) {
      const piece = readPiece(path, offset, pieceSize)
      if (piece === undefined || piece.length === 0) return
      yield piece
      offset += piece.length
    }
  }

  return {
    read(path) {
      const bytes = readPiece(path, 0, largestFile + 1)
      return bytes === undefined || bytes.length > largestFile ? undefined : bytes
    },
    lines: (path) => linesOf(pieces(path)),
  }
}

const lineFeed = 0x0a
/** A step of 8 MiB in base64 with room to spare. */
const longestLine = 32 * 1024 * 1024
/** What a line that is no text, or longer than any, becomes: nothing that parses. */
const unreadable = '\0'

function* linesOf(pieces: Iterable<Uint8Array>): Generator<string> {
  let parts: Uint8Array[] = []
  let length = 0
  const take = (part: Uint8Array) => {
    length += part.length
    if (length <= longestLine) parts.push(part)
  }
  const line = () => {
    const text = length > longestLine ? unreadable : (fromUtf8(joined(parts)) ?? unreadable)
    parts = []
    length = 0
    return text
  }
  for (const piece of pieces) {
    let from = 0
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, from)) {
      take(piece.subarray(from, at))
      from = at + 1
      yield line()
    }
    // A reader may use its buffer again.
    take(piece.slice(from))
  }
  if (length > 0) yield line()
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
