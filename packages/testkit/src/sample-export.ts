import { utf8 } from '@chaperone/encoding'
import type { Event } from '@chaperone/domain'
import { exportSource, type ExportSource } from '@chaperone/verify'
import { sampleExportNote, type SampleOpenings } from './sample-documents.ts'
import {
  sampleInstant,
  sampleLog,
  sampleRosterEvent,
  type SampleLog,
  type SampleOrganisation,
} from './sample-log.ts'
import { sampleOrder } from './sample-order.ts'

/** Files of an export by their path. */
export type SampleFiles = Map<string, Uint8Array>

export interface SampleExport {
  /** How many orders, of how many steps each. */
  readonly orders?: number
  readonly steps?: number
  /** Whether everything that the log commits to is opened. */
  readonly opened?: boolean
  /** Replaces or drops each event on its way into the log, as whoever holds the log's key could. */
  readonly change?: (event: Event, log: SampleLog) => readonly Event[]
}

/** An export of whole orders: `wo-sample0abc`, `wo-sample1abc`, … */
export function sampleExport(organisation: SampleOrganisation, wanted: SampleExport = {}): SampleFiles {
  const { orders = 1, steps = 3, opened = false, change = (event: Event) => [event] } = wanted
  const files: SampleFiles = new Map()
  const openings: SampleOpenings | undefined = opened ? { lines: [], chunks: new Map() } : undefined
  const log = sampleLog(organisation, (path, bytes) => files.set(path, bytes))
  const add = (event: Event) =>
    change(event, log)
      .map((one) => log.append(one))
      .at(-1) ?? log.size() - 1
  add(sampleRosterEvent(organisation, sampleInstant(0)))
  for (let i = 0; i < orders; i++) {
    const head = () => ({ size: log.size(), root: log.root() })
    const about = { order: `wo-sample${i}abc`, steps, at: 100 * i + 1 }
    const story = sampleOrder(organisation, openings === undefined ? about : { ...about, openings }, head)
    for (let next = story.next(); next.done !== true;) next = story.next(add(next.value))
  }
  log.finish(1_790_001_000)
  files.set('export.json', sampleExportNote(log.size()))
  if (openings !== undefined) {
    files.set('openings.jsonl', utf8(openings.lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
    for (const [path, chunk] of openings.chunks) files.set(path, chunk)
  }
  return files
}

/** Reads an export that is held in memory. */
export function filesSource(files: ReadonlyMap<string, Uint8Array>): ExportSource {
  return exportSource((path, offset, length) => files.get(path)?.subarray(offset, offset + length))
}
