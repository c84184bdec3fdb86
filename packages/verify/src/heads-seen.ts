import { equalBytes, fromHex, toHex, type Sha256 } from '@chaperone/encoding'
import { Frontier, tilePath, tileWidth } from '@chaperone/tlog'
import type { ExportSource } from './export-source.ts'
import type { Findings } from './findings.ts'

/** The log heads that people had before them when they signed, checked at the end in one walk over the tiles. */
export interface HeadsSeen {
  /** Takes the head out of a decided statement. */
  note(index: number, statement: string): void
  check(source: ExportSource, size: number): void
}

interface Claim {
  /** Bytes: a piece of text would keep the whole statement that it was cut from. */
  readonly root: Uint8Array
  readonly entry: number
}

const headLine = /\nlog-size (\d+) log-root ([0-9a-f]{64})\n$/

export function headsSeen(sha256: Sha256, found: Findings): HeadsSeen {
  const claims = new Map<number, Claim>()
  return {
    note(index, statement) {
      const match = headLine.exec(statement)
      if (match === null) return
      const size = Number(match[1])
      const root = fromHex(match[2] ?? '') ?? new Uint8Array()
      found.checked('heads-seen')
      if (size > index) return found.broken('heads-seen', index, { code: 'head-from-the-future', size })
      const known = claims.get(size)
      if (known === undefined) claims.set(size, { root, entry: index })
      else if (!equalBytes(known.root, root))
        found.broken('heads-seen', index, { code: 'head-forked', size, root: toHex(root) })
    },
    check(source, size) {
      const sizes = [...claims.keys()].sort((a, b) => a - b)
      const frontier = new Frontier(sha256)
      let tile: Uint8Array | undefined
      for (const wanted of sizes) {
        while (frontier.size < wanted) {
          const at = frontier.size % tileWidth
          // The tiles of level 0 were compared with the entries already.
          if (at === 0)
            tile = source.read(
              tilePath(0, frontier.size / tileWidth, Math.min(tileWidth, size - frontier.size)),
            )
          if (tile === undefined) return
          frontier.append(tile.subarray(32 * at, 32 * at + 32))
        }
        const { root, entry } = claims.get(wanted)! // `sizes` are its keys
        if (!equalBytes(frontier.root(), root))
          found.broken('heads-seen', entry, { code: 'head-not-of-this-log', size: wanted, root: toHex(root) })
      }
    },
  }
}
