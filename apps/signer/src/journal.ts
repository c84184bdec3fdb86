import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  canonicalJson,
  concat,
  Fault,
  fromUtf8,
  parseCanonicalJson,
  toHex,
  utf8,
  type Json,
  type Sha256,
} from '@chaperone/encoding'

/**
 * What the signer must not forget: one canonical JSON record a line, each with a hash over the line before it. A line
 * that a crash cut off is dropped; a line that somebody changed stops the signer.
 */
export interface Journal {
  /** On disk when this returns. Faults are fatal: after a failed fsync nothing is known. */
  append(record: Json): void
  close(): void
}

const start = 'chaperone/journal/v1'

/** Opens, checks and compacts: `keep` says what of the old records still matters. Fault `journal-changed`. */
export function openJournal(
  path: string,
  sha256: Sha256,
  onRecord: (record: Json) => void,
  keep: () => readonly Json[],
): Journal {
  if (existsSync(path)) for (const record of readRecords(path, sha256)) onRecord(record)
  const fresh = `${path}.new`
  let file = openSync(fresh, 'w', 0o600)
  let link = start
  const write = (record: Json) => {
    const line = lineOf(record, link, sha256)
    link = line.link
    writeSync(file, line.bytes)
    fsyncSync(file)
  }
  for (const record of keep()) write(record)
  fsyncSync(file)
  renameSync(fresh, path)
  syncFolder(dirname(path))
  return {
    append: write,
    close() {
      closeSync(file)
      file = -1
    },
  }
}

function lineOf(
  record: Json,
  link: string,
  sha256: Sha256,
): { readonly bytes: Uint8Array; readonly link: string } {
  const text = canonicalJson(record)
  const next = toHex(sha256(utf8(`${link}\n${text}`)))
  return { bytes: utf8(`${next} ${text}\n`), link: next }
}

function readRecords(path: string, sha256: Sha256): readonly Json[] {
  const text = fromUtf8(readFileSync(path))
  if (text === undefined) throw new Fault('journal-changed', 'the journal is not text')
  const lines = text.split('\n')
  // What follows the last line end was being written when the process died: it was never acknowledged.
  lines.pop()
  const records: Json[] = []
  let link = start
  for (const line of lines) {
    const json = parseCanonicalJson(utf8(line.slice(65)))
    const next = toHex(sha256(concat(utf8(`${link}\n`), utf8(line.slice(65)))))
    if (!json.ok || line.slice(0, 64) !== next || line[64] !== ' ') {
      throw new Fault('journal-changed', `line ${records.length + 1} of the journal was changed`)
    }
    link = next
    records.push(json.value)
  }
  return records
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
