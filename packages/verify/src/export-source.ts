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
