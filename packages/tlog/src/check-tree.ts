import { equalBytes, err, ok, type Result, type Sha256 } from '@chaperone/encoding'
import { Frontier, leafHash } from './merkle.ts'
import { decodeBundle, tilePath, tileWidth } from './tile.ts'

export type TreeRefusal =
  | { readonly code: 'tile-missing'; readonly path: string }
  | { readonly code: 'bundle-malformed'; readonly path: string }
  | { readonly code: 'entry-mismatch'; readonly index: number }
  | { readonly code: 'root-mismatch'; readonly size: number }

export interface TreeSource {
  /** Bytes at a path like `tile/0/000.p/3`, or `undefined`. */
  read(path: string): Uint8Array | undefined
}

/**
 * Re-reads a whole log: every entry is hashed, compared with its tile, and the root with the checkpoint's. `onEntry`
 * sees entries in order, before the root is known to be right; its views must not be kept.
 */
export function checkTree(
  source: TreeSource,
  size: number,
  root: Uint8Array,
  sha256: Sha256,
  onEntry: (index: number, entry: Uint8Array, frontier: Frontier) => void = () => undefined,
): Result<void, TreeRefusal> {
  const frontier = new Frontier(sha256)
  for (let first = 0; first < size; first += tileWidth) {
    const width = Math.min(tileWidth, size - first)
    const checked = checkBundle(source, first / tileWidth, width, frontier, sha256, onEntry)
    if (!checked.ok) return checked
  }
  return equalBytes(frontier.root(), root) ? ok(undefined) : err({ code: 'root-mismatch', size })
}

function checkBundle(
  source: TreeSource,
  index: number,
  width: number,
  frontier: Frontier,
  sha256: Sha256,
  onEntry: (index: number, entry: Uint8Array, frontier: Frontier) => void,
): Result<void, TreeRefusal> {
  const path = tilePath('entries', index, width)
  const bundle = source.read(path)
  const tile = source.read(tilePath(0, index, width))
  if (bundle === undefined) return err({ code: 'tile-missing', path })
  if (tile === undefined) return err({ code: 'tile-missing', path: tilePath(0, index, width) })
  const entries = decodeBundle(bundle)
  if (!entries.ok || entries.value.length !== width) return err({ code: 'bundle-malformed', path })
  for (const [i, entry] of entries.value.entries()) {
    const hash = leafHash(entry, sha256)
    if (!equalBytes(hash, tile.subarray(32 * i, 32 * i + 32))) {
      return err({ code: 'entry-mismatch', index: index * tileWidth + i })
    }
    onEntry(index * tileWidth + i, entry, frontier)
    frontier.append(hash)
  }
  return ok(undefined)
}
