import { concat, equalBytes, err, ok, type Result, type Sha256 } from '@chaperone/encoding'
import { Frontier, hashSize, leafHash, type OnNode } from './merkle.ts'
import { decodeBundle, tilePath, tileWidth } from './tile.ts'

export type TreeRefusal =
  | { readonly code: 'tile-missing'; readonly path: string }
  | { readonly code: 'bundle-malformed'; readonly path: string }
  | { readonly code: 'entry-mismatch'; readonly index: number }
  | { readonly code: 'tile-mismatch'; readonly path: string }
  | { readonly code: 'root-mismatch'; readonly size: number }

export interface TreeSource {
  /** Bytes at a path like `tile/0/000.p/3`, or `undefined`. */
  read(path: string): Uint8Array | undefined
}

/**
 * Re-reads a whole log: every entry is hashed and compared with its tile, every tile with the entries, and the root
 * with the checkpoint's. `onEntry`
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
  const upper = upperTiles(source)
  for (let first = 0; first < size; first += tileWidth) {
    const width = Math.min(tileWidth, size - first)
    const checked = checkBundle(
      source,
      first / tileWidth,
      width,
      (hash, index, entry) => {
        onEntry(index, entry, frontier)
        frontier.append(hash, upper.onNode)
      },
      sha256,
    )
    if (!checked.ok) return checked
  }
  const wrong = upper.firstWrong(size)
  if (wrong !== undefined) return err(wrong)
  return equalBytes(frontier.root(), root) ? ok(undefined) : err({ code: 'root-mismatch', size })
}

function checkBundle(
  source: TreeSource,
  index: number,
  width: number,
  onEntry: (hash: Uint8Array, index: number, entry: Uint8Array) => void,
  sha256: Sha256,
): Result<void, TreeRefusal> {
  const path = tilePath('entries', index, width)
  const bundle = source.read(path)
  const tile = source.read(tilePath(0, index, width))
  if (bundle === undefined) return err({ code: 'tile-missing', path })
  if (tile === undefined) return err({ code: 'tile-missing', path: tilePath(0, index, width) })
  if (tile.length !== hashSize * width) return err({ code: 'tile-mismatch', path: tilePath(0, index, width) })
  const entries = decodeBundle(bundle)
  if (!entries.ok || entries.value.length !== width) return err({ code: 'bundle-malformed', path })
  for (const [i, entry] of entries.value.entries()) {
    const hash = leafHash(entry, sha256)
    if (!standsAt(hash, tile, hashSize * i)) {
      return err({ code: 'entry-mismatch', index: index * tileWidth + i })
    }
    onEntry(hash, index * tileWidth + i, entry)
  }
  return ok(undefined)
}

function standsAt(hash: Uint8Array, tile: Uint8Array, offset: number): boolean {
  for (let i = 0; i < hashSize; i++) if (hash[i] !== tile[offset + i]) return false
  return true
}

/** Tiles of level 1 and up, compared as their nodes become known: nothing here needs them, other readers start there. */
function upperTiles(source: TreeSource): {
  readonly onNode: OnNode
  firstWrong(size: number): TreeRefusal | undefined
} {
  const levels: Uint8Array[][] = []
  let wrong: TreeRefusal | undefined

  function compare(level: number, index: number, hashes: readonly Uint8Array[]): void {
    const path = tilePath(level, index, hashes.length)
    const tile = source.read(path)
    if (tile === undefined) wrong ??= { code: 'tile-missing', path }
    else if (!equalBytes(tile, concat(...hashes))) wrong ??= { code: 'tile-mismatch', path }
  }

  return {
    onNode(height, index, hash) {
      if (height === 0 || height % 8 !== 0) return
      const tile = (levels[height / 8] ??= [])
      tile.push(hash)
      if (tile.length < tileWidth) return
      compare(height / 8, Math.floor(index / tileWidth), tile)
      levels[height / 8] = []
    },
    firstWrong(size) {
      for (const [level, tile] of levels.entries()) {
        const index = Math.floor(size / tileWidth ** (level + 1))
        if (tile !== undefined && tile.length > 0) compare(level, index, tile)
      }
      return wrong
    },
  }
}
