import type { Instant, RunId } from '@chaperone/encoding'
import type { Memory } from './memory.ts'
import type { ReadinessRefusal } from './refusal.ts'

/**
 * After a start, and after a recovery, nothing is issued until the log says what became of every run that may have
 * begun before: until a head with an entry younger than the start was read, and each run that was open then, or whose
 * intent is not younger, has its `run-ended` entry.
 */
export interface StartAccounting {
  /** A head was read whose youngest entry is of this time. */
  headRead(youngest: Instant): void
  /** Counts anew from now. */
  begin(at: Instant): void
  unaccounted(): readonly RunId[]
  refusal(at: Instant): ReadinessRefusal | undefined
}

export function startAccounting(memory: Memory, at: Instant): StartAccounting {
  let began = at
  let fresh = false
  let openAtStart = new Set(memory.open)

  function unaccounted(): readonly RunId[] {
    return [...memory.open].filter((run) => {
      const intent = memory.intents.get(run)
      return openAtStart.has(run) || intent === undefined || intent.at <= began
    })
  }

  return {
    headRead(youngest) {
      if (youngest > began) fresh = true
    },
    begin(from) {
      began = from
      fresh = false
      openAtStart = new Set(memory.open)
    },
    unaccounted,
    refusal(now) {
      if (memory.recovering !== undefined) return { code: 'not-ready', reason: 'log-recovering', runs: [] }
      if (now < memory.clock) return { code: 'clock-behind', seen: memory.clock }
      if (!fresh) return { code: 'not-ready', reason: 'no-fresh-head', runs: [] }
      const runs = unaccounted()
      return runs.length === 0 ? undefined : { code: 'not-ready', reason: 'runs-unaccounted', runs }
    },
  }
}
