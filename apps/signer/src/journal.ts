import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  canonicalJson,
  Fault,
  fromHex,
  parseCanonicalJson,
  toHex,
  utf8,
  type Json,
} from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'

/**
 * The signer's memory: one line a record, `LINK JSON LF`, where LINK is SHA-256(link before ‖ JSON) in hex and the
 * first line's link before is 32 zero bytes. A line without LF at the end is a write that never finished and that
 * nobody was told of: it is cut. Anything else that does not add up was changed: Fault `journal-damaged`.
 *
 * Whoever can write this file can make the signer forget a spend by cutting whole lines; they could as well take
 * the key that lies beside it.
 */
export interface Journal {
  /** Returns when the record is on disk. Fault `journal-failed`: the process must end, nothing is known of the file. */
  append(record: Json): void
  /** Replaces everything by one record, all or nothing. */
  replace(record: Json): void
  /** Bytes. */
  size(): number
  close(): void
}

const firstLink = new Uint8Array(32)

export function openJournal(path: string, onRecord: (record: Json) => void): Journal {
  let file = open(path, 'a+')
  const read = readAll(path, onRecord)
  let { link, size } = read
  if (read.torn) durable(() => ftruncateSync(file, size), file)
  syncFolder(path)

  return {
    append(record) {
      const line = lineOf(link, record)
      durable(() => writeWhole(file, line.bytes), file)
      link = line.link
      size += line.bytes.length
    },
    replace(record) {
      const line = lineOf(firstLink, record)
      unlessFailing(() => {
        const beside = open(`${path}.next`, 'w+')
        durable(() => writeWhole(beside, line.bytes), beside)
        closeSync(beside)
        renameSync(`${path}.next`, path)
        syncFolder(path)
        closeSync(file)
        file = open(path, 'a+')
      })
      link = line.link
      size = line.bytes.length
    },
    size: () => size,
    close: () => closeSync(file),
  }
}

function lineOf(before: Uint8Array, record: Json) {
  const json = canonicalJson(record)
  const link = linkAfter(before, json)
  return { link, bytes: utf8(`${toHex(link)} ${json}\n`) }
}

function linkAfter(before: Uint8Array, json: string): Uint8Array {
  return nodeCrypto.sha256(Buffer.concat([before, utf8(json)]))
}

function readAll(path: string, onRecord: (record: Json) => void) {
  const bytes = readFileSync(path)
  let link: Uint8Array = firstLink
  let size = 0
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, size)) {
    const line = bytes.subarray(size, end).toString('latin1')
    const json = bytes.subarray(size + 65, end)
    const expected = linkAfter(link, json.toString('utf8'))
    const record = parseCanonicalJson(json)
    if (!record.ok || line[64] !== ' ' || !sameHex(line.slice(0, 64), expected)) {
      throw new Fault('journal-damaged', `the journal was changed at byte ${size}: restore it or start anew`)
    }
    onRecord(record.value)
    link = expected
    size = end + 1
  }
  return { link, size, torn: size < bytes.length }
}

function sameHex(text: string, bytes: Uint8Array): boolean {
  return fromHex(text) !== undefined && text === toHex(bytes)
}

function open(path: string, flags: string): number {
  return openSync(path, flags, 0o600)
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

function durable(write: () => void, file: number): void {
  unlessFailing(() => {
    write()
    fsyncSync(file)
  })
}

function unlessFailing(write: () => void): void {
  try {
    write()
  } catch (cause) {
    throw new Fault('journal-failed', 'the journal cannot be written', { cause })
  }
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
