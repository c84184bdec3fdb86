import { concat, invariant, type Sha256 } from '@chaperone/encoding'
import { encodeBundle, Frontier, leafHash, tilePath, tileWidth } from '@chaperone/tlog'
import type { Ledger } from '@chaperone/usecases'

export interface ExportFile {
  readonly path: string
  readonly bytes: Uint8Array
}

const mostEntries = 4096

/** The files of C2SP tlog-tiles of the first `size` entries, full tiles as they fill; `see` is shown every entry. */
export async function* logFiles(
  ledger: Pick<Ledger<unknown>, 'entries'>,
  size: number,
  sha256: Sha256,
  see: (leaf: Uint8Array) => void,
): AsyncGenerator<ExportFile> {
  const frontier = new Frontier(sha256)
  const levels: Uint8Array[][] = []
  const ready: ExportFile[] = []
  let bundle: Uint8Array[] = []

  function keep(level: number, index: number, hash: Uint8Array): void {
    if (level % 8 !== 0) return
    const tile = (levels[level / 8] ??= [])
    tile.push(hash)
    if (tile.length < tileWidth) return
    ready.push({ path: tilePath(level / 8, Math.floor(index / tileWidth)), bytes: concat(...tile) })
    levels[level / 8] = []
  }

  while (frontier.size < size) {
    const entries = await ledger.entries(frontier.size, Math.min(size, frontier.size + mostEntries))
    for (const { leaf, index } of entries) {
      see(leaf)
      bundle.push(leaf)
      frontier.append(leafHash(leaf, sha256), keep)
      if (bundle.length < tileWidth) continue
      ready.push({ path: tilePath('entries', Math.floor(index / tileWidth)), bytes: encodeBundle(bundle) })
      bundle = []
    }
    yield* ready.splice(0)
    invariant(entries.length > 0, 'a signed checkpoint has all its entries')
  }
  if (bundle.length > 0) {
    yield {
      path: tilePath('entries', Math.floor(size / tileWidth), bundle.length),
      bytes: encodeBundle(bundle),
    }
  }
  for (const [level, tile] of levels.entries()) {
    const index = Math.floor(size / tileWidth ** (level + 1))
    if (tile.length > 0) yield { path: tilePath(level, index, tile.length), bytes: concat(...tile) }
  }
}
