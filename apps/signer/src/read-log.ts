import { err, ok, toHex, type Instant, type Result } from '@chaperone/encoding'
import { decodeEvent } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { Frontier, leafHash, openCheckpoint, type OpenedCheckpoint, type VerifierKey } from '@chaperone/tlog'
import { factOf } from './fact-of.ts'
import { liftRefusal } from './officers.ts'
import type { Notebook } from './notebook.ts'
import { pendingFacts, type PendingFacts } from './pending-facts.ts'
import type { Refusal } from './refusal.ts'
import { forgettingLimit } from './snapshot.ts'

export interface LogPart {
  readonly from: number
  readonly entries: readonly Uint8Array[]
  /** The signed checkpoint that these entries end at; null when more parts follow. */
  readonly checkpoint: string | null
}

/** A head that was read to its end and is consistent with everything read before. */
export interface ReadHead {
  readonly size: number
  /** What a cosignature covers; null when more parts follow. */
  readonly text: string | null
  /** Time of the youngest entry of this reading. */
  readonly youngest: Instant
}

export interface LogReader {
  read(part: LogPart): Result<ReadHead, Refusal>
  /** Begins anew at the position that the notebook has. */
  drop(): void
}

/** Entries that were read and that no checkpoint has vouched for yet: nothing rests on them. */
interface Reading {
  readonly frontier: Frontier
  readonly facts: PendingFacts
  youngest: Instant
}

/** Facts that a process should hold unproven. */
const mostFacts = 500_000

/** Reads the log from where the notebook is, and writes down what it must not forget (the fork guard). */
export function logReader(
  notebook: Notebook,
  logKey: VerifierKey,
  now: () => Instant,
  most: number = mostFacts,
): LogReader {
  const { memory } = notebook
  let reading: Reading | undefined

  function begin(): Reading {
    const { size, frontier } = memory.log
    const copy = Frontier.restore(size, frontier.dump(), nodeCrypto.sha256) ?? frontier // its own dump fits
    return { frontier: copy, facts: pendingFacts(memory, forgettingLimit(now())), youngest: '' }
  }

  function add(into: Reading, bytes: Uint8Array): Refusal | undefined {
    const entry = into.frontier.size
    const decoded = decodeEvent(bytes)
    // What cannot be read may be a stop: going on without it would be a guess.
    if (!decoded.ok) return { code: 'log-entry-unreadable', entry }
    const event = decoded.value
    const fact = factOf(
      entry,
      event,
      ({ stop, statements }) => liftRefusal(stop, statements, memory, now()) === undefined,
    )
    if (fact !== undefined) into.facts.add(fact)
    if (into.facts.count() > most) return { code: 'log-too-long', size: entry }
    if (event.at > into.youngest) into.youngest = event.at
    into.frontier.append(leafHash(bytes, nodeCrypto.sha256))
    return isAccepted(into.frontier) ? undefined : { code: 'log-forked', size: entry }
  }

  /** False where the log does not pass through the head that officers accepted. */
  function isAccepted(frontier: Frontier): boolean {
    const { recovering } = memory
    return recovering?.size !== frontier.size || recovering.root === toHex(frontier.root())
  }

  function finish({ frontier, facts, youngest }: Reading, head: OpenedCheckpoint, signed: string) {
    const { size } = frontier
    const root = toHex(frontier.root())
    if (root !== toHex(head.root)) {
      notebook.remember({ type: 'log-forked', checkpoint: signed })
      return err({ code: 'log-forked', size: memory.log.size } as const)
    }
    if (size !== memory.log.size) {
      const dumped = toHex(frontier.dump())
      notebook.remember({ type: 'log-read', facts: facts.all(), size, frontier: dumped, root })
    }
    return ok({ size, text: head.note.text, youngest })
  }

  return {
    drop() {
      reading = undefined
    },
    read({ from, entries, checkpoint }) {
      const head = checkpoint === null ? undefined : openCheckpoint(checkpoint, logKey, nodeCrypto)
      if (head?.ok === false) return head
      const current = reading?.frontier.size === from ? reading : begin()
      reading = undefined
      const misplaced = misplacedPart(current.frontier.size, from, entries.length, head?.value.size)
      if (misplaced !== undefined) return err(misplaced)
      for (const entry of entries) {
        const refusal = add(current, entry)
        if (refusal !== undefined) return err(refusal)
      }
      if (head !== undefined && checkpoint !== null) return finish(current, head.value, checkpoint)
      reading = current
      return ok({ size: current.frontier.size, text: null, youngest: current.youngest })
    },
  }

  function misplacedPart(
    position: number,
    from: number,
    count: number,
    head: number | undefined,
  ): Refusal | undefined {
    const { size } = memory.log
    if (memory.forked !== undefined) return { code: 'log-forked', size }
    const least = Math.max(size, memory.recovering?.size ?? 0)
    if (head !== undefined && head < least) return { code: 'log-rewound', size: least }
    if (from !== position) return { code: from < position ? 'log-rewound' : 'log-gap', size }
    if (head !== undefined && head !== from + count) return { code: 'checkpoint-not-of-entries', size: head }
    return undefined
  }
}
