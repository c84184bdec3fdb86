import { encodeEvent, type Event } from '@chaperone/domain'
import { nodeCrypto, type PrivateKey } from '@chaperone/node-crypto'
import { Frontier, leafHash, signCheckpoint, verifierKey } from '@chaperone/tlog'
import type { LogPart } from '../src/read-log.ts'

/** A log as whoever holds its key can write it: any entries, any head. */
export interface TestLog {
  readonly entries: Uint8Array[]
  append(event: Event): number
  /** The signed checkpoint over the first `size` entries. */
  checkpoint(size?: number): string
  root(size?: number): Uint8Array
  /** Everything from an index on, with its checkpoint. */
  part(from: number): LogPart
  /** Another log by the same key that begins with the first `size` entries. */
  fork(size: number): TestLog
}

export function testLog(origin: string, key: PrivateKey, begun: readonly Uint8Array[] = []): TestLog {
  const entries = [...begun]
  const name = verifierKey(origin, 1, key.point, nodeCrypto.sha256)

  function root(size = entries.length): Uint8Array {
    const frontier = new Frontier(nodeCrypto.sha256)
    for (const entry of entries.slice(0, size)) frontier.append(leafHash(entry, nodeCrypto.sha256))
    return frontier.root()
  }

  function checkpoint(size = entries.length): string {
    return signCheckpoint({ origin, size, root: root(size) }, name, (message) => key.sign(message))
  }

  return {
    entries,
    append: (event) => entries.push(encodeEvent(event)) - 1,
    checkpoint,
    root,
    part: (from) => ({ from, entries: entries.slice(from), checkpoint: checkpoint() }),
    fork: (size) => testLog(origin, key, entries.slice(0, size)),
  }
}
