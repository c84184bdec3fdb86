import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Json } from '@chaperone/encoding'
import { afterAll, expect, test } from 'vitest'
import { openJournal } from './journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'chaperone-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let made = 0
const freshPath = () => join(folder, `journal${made++}`)

function read(path: string): Json[] {
  const records: Json[] = []
  openJournal(path, (record) => records.push(record)).close()
  return records
}

function written(records: readonly Json[]): string {
  const path = freshPath()
  const journal = openJournal(path, () => undefined)
  for (const record of records) journal.append(record)
  journal.close()
  return path
}

test('what was appended is read again, up to a write that never finished', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.nat(), (texts, cut) => {
      const records = texts.map((text) => ({ text }))
      const path = written(records)
      expect(read(path)).toEqual(records)
      const bytes = readFileSync(path)
      const end = bytes.length === 0 ? 0 : cut % bytes.length
      truncateSync(path, end)
      const whole = bytes.subarray(0, end).filter((byte) => byte === 0x0a).length
      expect(read(path)).toEqual(records.slice(0, whole))
      // The torn line is gone: what is appended next stands on a line of its own.
      const journal = openJournal(path, () => undefined)
      journal.append('next')
      journal.close()
      expect(read(path)).toEqual([...records.slice(0, whole), 'next'])
    }),
    { numRuns: 50 },
  )
})

test('a changed byte anywhere is noticed', () => {
  const records = [{ run: 'a' }, { run: 'b' }, { run: 'c' }]
  const path = written(records)
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length - 1; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1 // in range
    writeFileSync(path, changed)
    expect(() => read(path), `byte ${at}`).toThrow(expect.objectContaining({ code: 'journal-damaged' }))
  }
})

test('lines that were taken out, doubled or put elsewhere are noticed', () => {
  const path = written(['a', 'b', 'c'])
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  for (const order of [
    [1, 2],
    [0, 2],
    [0, 0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
  ]) {
    writeFileSync(path, order.map((line) => `${lines[line]}\n`).join(''))
    expect(() => read(path), String(order)).toThrow(expect.objectContaining({ code: 'journal-damaged' }))
  }
})

test('a replaced journal holds the one record, and what is appended to it', () => {
  const path = written(['a', 'b'])
  const journal = openJournal(path, () => undefined)
  journal.replace('all of it')
  journal.append('c')
  expect(journal.size()).toBe(readFileSync(path).length)
  journal.close()
  expect(read(path)).toEqual(['all of it', 'c'])
})

test('a replacement that was never finished is not read', () => {
  const path = written(['a', 'b'])
  appendFileSync(`${path}.next`, 'half of it')
  expect(read(path)).toEqual(['a', 'b'])
})
