import { equalBytes, Fault, type Sha256 } from '@chaperone/encoding'
import type { Frontier } from '@chaperone/tlog'
import type { LogHead } from '@chaperone/usecases'
import { copyOf, type ForkGuard } from './fork-guard.ts'
import { readFrontier, readLeafHashes, type Queryable } from './log-tables.ts'

/** What a guard and a database that contradict each other say. */
export interface Contradiction {
  readonly guard: LogHead
  readonly database: LogHead
}

const hashesAtOnce = 20_000

/** The guard's tree grown by the database's entries up to `size`. */
export async function grown(guard: Frontier, db: Queryable, size: number, sha256: Sha256): Promise<Frontier> {
  const frontier = copyOf(guard, sha256)
  while (frontier.size < size) {
    const to = Math.min(size, frontier.size + hashesAtOnce)
    for (const hash of await readLeafHashes(db, frontier.size, to)) frontier.append(hash)
  }
  return frontier
}

/**
 * Compares the database's committed tree with the guard's: `undefined` when it is the same or extends
 * it, which is computed from the entries and not taken from a stored root.
 */
export async function contradiction(
  guard: ForkGuard,
  origin: string,
  db: Queryable,
  sha256: Sha256,
): Promise<Contradiction | undefined> {
  const head = await readFrontier(db, sha256)
  const kept = guard.newest()
  if (kept === undefined) return undefined
  if (kept.frontier.size <= head.size && kept.origin === origin) {
    const extended = await grown(kept.frontier, db, head.size, sha256)
    if (equalBytes(extended.root(), head.root())) return undefined
  }
  return { guard: headOf(kept.frontier), database: headOf(head) }
}

export function headOf(frontier: Frontier): LogHead {
  return { size: frontier.size, root: frontier.root() }
}

export function behindGuard({ guard, database }: Contradiction): Fault {
  const text =
    database.size < guard.size
      ? `the database’s log has ${database.size} entries, ${guard.size} were signed: is it a restored backup?`
      : `the database’s log is not the one of which ${guard.size} entries were signed`
  return new Fault('log-behind-guard', text)
}
