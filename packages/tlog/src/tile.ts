import { concat, err, ok, type Result } from '@chaperone/encoding'

/** C2SP tlog-tiles: 256 hashes or entries a tile; partial ones end in `.p/W`. */
export const tileWidth = 256
/** An entry's length is a uint16. */
export const largestEntry = 65_535

/** Path of a tile of hashes (`level` 0, 1, …) or of an entry bundle. */
export function tilePath(level: number | 'entries', index: number, width: number = tileWidth): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  }
  return `tile/${level}/${groups.join('/')}${width < tileWidth ? `.p/${width}` : ''}`
}

/** How many tiles of a level a tree of this size has, and how wide the last is. */
export function tileWidths(size: number, level: number): { readonly full: number; readonly partial: number } {
  const nodes = Math.floor(size / tileWidth ** level)
  return { full: Math.floor(nodes / tileWidth), partial: nodes % tileWidth }
}

export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...entries.flatMap((entry) => [new Uint8Array([entry.length >> 8, entry.length & 255]), entry]),
  )
}

export type BundleRefusal = { readonly code: 'bundle-malformed' }

/** The entries of a bundle: views into it, not copies. */
export function decodeBundle(bundle: Uint8Array): Result<readonly Uint8Array[], BundleRefusal> {
  const entries: Uint8Array[] = []
  // Views of a plain array: a platform's own kind of bytes may be slow to cut.
  const bytes = new Uint8Array(bundle.buffer, bundle.byteOffset, bundle.length)
  let at = 0
  while (at < bundle.length) {
    const end = at + 2 + ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0)
    if (at + 2 > bundle.length || end > bundle.length || entries.length === tileWidth)
      return err({ code: 'bundle-malformed' })
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return ok(entries)
}
