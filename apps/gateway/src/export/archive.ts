import { Fault, secondsOf, utf8, type Instant, type OrderId } from '@chaperone/encoding'
import type { Office } from '@chaperone/usecases'
import { logFiles } from './log-files.ts'
import { openingLines } from './openings-file.ts'
import { stories, type Story, type Withheld } from './stories.ts'
import { tarEnd, tarFile, tarHeader, tarPadding } from './tar.ts'

export interface ExportRequest {
  /** Signed checkpoint, with the cosignatures there are. */
  readonly checkpoint: string
  readonly size: number
  readonly order: OrderId | undefined
  readonly made: Instant
}

/**
 * The files of an export (spec/export.md) as one tar, streamed. `export.json` comes last: it says what was left out,
 * and an archive without it was cut short.
 */
export async function* exportArchive(office: Office, request: ExportRequest): AsyncGenerator<Uint8Array> {
  const { checkpoint, size, order, made } = request
  const time = secondsOf(made)
  const file = (path: string, bytes: Uint8Array) => tarFile(path, bytes, time)
  const told = stories(order)
  yield file('checkpoint', utf8(checkpoint))
  for await (const { path, bytes } of logFiles(office.ledger, size, office.crypto.sha256, told.see)) {
    yield file(path, bytes)
  }
  for (const { version, roster } of await office.reader.rostersFrom(1)) {
    yield file(`rosters/${version}.json`, roster.bytes)
  }
  const withheld: Withheld[] = [...told.left()]
  yield* openingsFile(office, told.chosen(), time, withheld)
  yield* recordings(office, told.chosen(), file)
  const about = { format: 'chaperone-export/v1', made, size, order: order ?? null, withheld }
  yield file('export.json', utf8(`${JSON.stringify(about, undefined, 2)}\n`))
  yield tarEnd()
}

/** Twice through the openings: a tar wants a file's length before its content, and all of it is too much to hold. */
async function* openingsFile(
  office: Office,
  chosen: ReadonlyMap<OrderId, Story>,
  time: number,
  withheld: Withheld[],
): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const line of openingLines(office.reader, chosen, (missing) => withheld.push(missing))) {
    length += line.length
  }
  yield tarHeader('openings.jsonl', length, time)
  let written = 0
  for await (const line of openingLines(office.reader, chosen)) {
    written += line.length
    yield line
  }
  if (written !== length) throw new Fault('export-changed', 'an order was erased while it was being exported')
  yield tarPadding(length)
}

/** Sealed as they are stored: the chain is checked over that, and nobody reads them with an export alone. */
async function* recordings(
  office: Office,
  chosen: ReadonlyMap<OrderId, Story>,
  file: (path: string, bytes: Uint8Array) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  for (const { runs } of chosen.values()) {
    for (const run of runs) {
      for (const { index, sealed } of await office.reader.chunks(run)) {
        yield file(`recordings/${run}/${index}.chunk`, sealed)
      }
    }
  }
}
