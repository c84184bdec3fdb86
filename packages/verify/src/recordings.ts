import { fromHex, type OrderId, type PersonId, type RunId, type Sha256 } from '@chaperone/encoding'
import type { EventOf } from '@chaperone/domain'
import { verifyChain } from '@chaperone/recording'
import type { ExportSource } from './export-source.ts'
import type { Findings } from './findings.ts'

/** Checks recordings against the link that the log keeps of each; neither key nor content is needed for that. */
export interface RecordingCheck {
  see(index: number, event: EventOf<'run-ended'>): void
  erase(order: OrderId, by: PersonId): void
  end(): void
}

export function recordingCheck(source: ExportSource, sha256: Sha256, found: Findings): RecordingCheck {
  const absent = new Map<OrderId, number>()
  const erased = new Map<OrderId, PersonId>()

  function* chunksOf(run: RunId, count: number): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      const chunk = source.read(`recordings/${run}/${i}.chunk`)
      if (chunk === undefined) return
      yield chunk
    }
  }

  return {
    see(index, event) {
      const { run, order, recording } = event
      if (recording === null || recording.chunks === 0) return
      if (source.read(`recordings/${run}/0.chunk`) === undefined) {
        absent.set(order, (absent.get(order) ?? 0) + 1)
        return
      }
      found.checked('recordings-chained')
      const link = fromHex(recording.link) ?? new Uint8Array()
      const chained = verifyChain(run, chunksOf(run, recording.chunks), link, sha256)
      if (!chained.ok) found.broken('recordings-chained', index, { run, ...chained.error })
    },
    erase(order, by) {
      erased.set(order, by)
    },
    end() {
      for (const [order, count] of absent) {
        const by = erased.get(order) ?? null
        const why = by === null ? 'withheld' : 'erased'
        found.missing('recordings-chained', { what: 'recordings', why, by, count, entry: null })
      }
    },
  }
}
