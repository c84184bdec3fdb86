import {
  commit,
  canonicalBytes,
  fromBase64,
  fromHex,
  isId,
  toHex,
  type Digest,
  type Json,
  type Sha256,
} from '@chaperone/encoding'
import type { ExportSource } from './export-source.ts'
import { readAnalysis } from './document-shapes.ts'
import type { Findings } from './findings.ts'

/** What a commitment turned out to stand for. Values are dropped once hashed; documents that are compared stay. */
export interface Opened {
  readonly kind: string
  readonly length: number
  /** Of orders and steps the whole, of an analysis what is compared; null for what is no document. */
  readonly document: Json | undefined
  seen: boolean
}

export interface Content {
  readonly length: number
  readonly sha256: Digest
}

export interface Openings {
  readonly opened: ReadonlyMap<Digest, Opened>
  /** By step digest and place, `digest/0`. */
  readonly contents: ReadonlyMap<string, Content>
}

const longestLine = 32 * 1024 * 1024

/** Reads `openings.jsonl` (spec/export.md §1) and hashes every value again. */
export function readOpenings(source: ExportSource, sha256: Sha256, found: Findings): Openings {
  const opened = new Map<Digest, Opened>()
  const contents = new Map<string, Content>()
  let line = 0
  for (const text of source.lines('openings.jsonl')) {
    line++
    const read = readLine(text, sha256)
    if (read === undefined) {
      found.broken('openings-match', null, { code: 'opening-malformed', line })
    } else if (read.what === 'content') {
      const { length, sha256: hash } = read
      contents.set(`${read.step}/${read.place}`, { length, sha256: hash })
    } else {
      const commitment = toHex(commit(read.kind, read.salt, read.value, sha256))
      found.checked('openings-match')
      if (commitment !== read.commitment) {
        found.broken('openings-match', null, { code: 'opening-mismatch', line, commitment: read.commitment })
        continue
      }
      opened.set(commitment, {
        kind: read.kind,
        length: read.value.length,
        document: kept(read),
        seen: false,
      })
    }
  }
  return { opened, contents }
}

function kept({ kind, document }: OpeningLine): Json | undefined {
  if (kind === 'order' || kind === 'step') return document ?? null
  return kind === 'analysis' ? ((readAnalysis(document) ?? null) as Json) : undefined // strings and numbers
}

interface ContentLine extends Content {
  readonly what: 'content'
  readonly step: Digest
  readonly place: number
}

interface OpeningLine {
  readonly what: 'opening'
  readonly kind: string
  readonly commitment: Digest
  readonly salt: Uint8Array
  readonly value: Uint8Array
  readonly document: Json | undefined
}

function readLine(text: string, sha256: Sha256): ContentLine | OpeningLine | undefined {
  if (text.length > longestLine) return undefined
  let json: Readonly<Record<string, unknown>>
  try {
    json = JSON.parse(text) as Readonly<Record<string, unknown>>
    if (typeof json !== 'object' || json === null) return undefined
    const value = valueOf(json)
    if (value === undefined || typeof json['kind'] !== 'string') return undefined
    return json['kind'] === 'content'
      ? contentOf(json, value, sha256)
      : commitmentOf(json, json['kind'], value)
  } catch {
    return undefined // not JSON, or JSON that has no canonical spelling
  }
}

function valueOf(json: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const hasDocument = json['json'] !== undefined
  if (hasDocument === (json['base64'] !== undefined)) return undefined
  if (hasDocument) return canonicalBytes(json['json'] as Json) // JSON.parse made it
  return typeof json['base64'] === 'string' ? fromBase64(json['base64']) : undefined
}

function contentOf(
  json: Readonly<Record<string, unknown>>,
  value: Uint8Array,
  sha256: Sha256,
): ContentLine | undefined {
  const { step, place } = json
  return typeof step === 'string' && isId('digest', step) && typeof place === 'number'
    ? { what: 'content', step, place, length: value.length, sha256: toHex(sha256(value)) }
    : undefined
}

function commitmentOf(
  json: Readonly<Record<string, unknown>>,
  kind: string,
  value: Uint8Array,
): OpeningLine | undefined {
  const { commitment } = json
  const salt = typeof json['salt'] === 'string' ? fromHex(json['salt']) : undefined
  const shaped =
    typeof commitment === 'string' && isId('digest', commitment) && /^[a-z][a-z0-9-]*$/.test(kind)
  if (!shaped || salt?.length !== 32) return undefined
  return { what: 'opening', kind, commitment, salt, value, document: json['json'] as Json | undefined }
}
