import type { Instant, Json } from '@chaperone/encoding'
import type { Journal } from './journal.ts'
import { recordJson, type JournalRecord, type News } from './journal-record.ts'
import { apply, emptyMemory, type Memory } from './memory.ts'
import { snapshot } from './snapshot.ts'

/** The memory with the journal under it: what is remembered is on disk first. */
export interface Notebook {
  readonly memory: Memory
  /** Returns when it is on disk and in memory. Fault `journal-failed`: the process must end. */
  remember(news: News): void
  close(): void
}

export type OpenJournal = (onRecord: (record: Json) => void) => Journal

const smallestWorthReplacing = 4 * 1024 * 1024

/** Opens the journal; replaces it by a snapshot whenever it has doubled since the last. */
export function openNotebook(
  openJournal: OpenJournal,
  now: () => Instant,
  replaceAt: number = smallestWorthReplacing,
): Notebook {
  const memory = emptyMemory()
  // INVARIANT: the journal's hash chain says that this process's code wrote these records.
  const journal = openJournal((record) => apply(memory, record as unknown as JournalRecord))
  let limit = replaceAt

  return {
    memory,
    remember(news) {
      const record: JournalRecord = { ...news, at: now() }
      journal.append(recordJson(record))
      apply(memory, record)
      if (journal.size() < limit) return
      const whole = snapshot(memory, memory.clock)
      journal.replace(recordJson(whole))
      apply(memory, whole)
      limit = Math.max(replaceAt, 2 * journal.size())
    },
    close: () => journal.close(),
  }
}
