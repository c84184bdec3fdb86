import { canonicalBytes, commit, toBase64, toHex, utf8, type Json, type OrderId } from '@chaperone/encoding'
import { orderDigest, stepDigest, type OrderDocument, type StepDocument } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { firstLink, nextLink } from '@chaperone/recording'
import { sampleInstant } from './sample-log.ts'

const { sha256 } = nodeCrypto

/** What an order's commitments stand for, and its recordings: what an export carries beside the log. */
export interface SampleOpenings {
  /** Lines of `openings.jsonl`. */
  readonly lines: Json[]
  /** Recordings' chunks by their path in an export. */
  readonly chunks: Map<string, Uint8Array>
}

/** Salts of a sample are derived: the same sample has the same bytes. */
export function sampleSalt(...words: readonly (string | number)[]): Uint8Array {
  return sha256(utf8(`salt ${words.join(' ')}`))
}

/** The documents of one order's steps, committed to and opened. */
export function sampleSteps(order: OrderId, count: number, target: string, openings: SampleOpenings) {
  return Array.from({ length: count }, (_, i) => {
    const bytes = utf8(`systemctl status unit-${i + 1}\n`)
    const document: StepDocument = {
      target,
      account: 'ops',
      interpreter: 'bash',
      bytes: { length: bytes.length, sha256: toHex(sha256(bytes)) },
      files: [],
      expected: 'active',
      maxSeconds: 60,
    }
    const salt = sampleSalt('step', order, i)
    const digest = stepDigest(salt, document, sha256)
    const kind = 'step'
    openings.lines.push({ commitment: digest, kind, salt: toHex(salt), json: document as unknown as Json })
    openings.lines.push({ kind: 'content', step: digest, place: 0, base64: toBase64(bytes) })
    const about = { engine: 'sample', knowledge: 'sample', level: 'routine', summary: 'looks at a unit' }
    return { digest, analysis: sampleOpened('analysis', [order, i], about, openings) }
  })
}

/** The order's own document over its steps. */
export function sampleOrderDigest(
  order: OrderId,
  technician: string,
  steps: readonly string[],
  window: { readonly notBefore: string; readonly notAfter: string },
  openings: SampleOpenings,
): string {
  const document: OrderDocument = {
    order,
    version: 1,
    technician,
    purpose: 'see whether the units run',
    fault: '',
    component: 'units',
    mayShow: 'their states',
    effects: [],
    ...window,
    steps,
    rollbackSteps: 0,
  }
  const salt = sampleSalt('order', order)
  const commitment = orderDigest(salt, document, sha256)
  openings.lines.push({ commitment, kind: 'order', salt: toHex(salt), json: document as unknown as Json })
  return commitment
}

/** Commits to a value, text or document, and keeps its opening. */
export function sampleOpened(
  kind: string,
  words: readonly (string | number)[],
  value: string | Json,
  openings: SampleOpenings,
): string {
  const salt = sampleSalt(kind, ...words)
  const bytes = typeof value === 'string' ? utf8(value) : canonicalBytes(value)
  const commitment = toHex(commit(kind, salt, bytes, sha256))
  const opened = typeof value === 'string' ? { base64: toBase64(bytes) } : { json: value }
  openings.lines.push({ commitment, kind, salt: toHex(salt), ...opened })
  return commitment
}

/** A recording of two chunks. */
export function sampleRecording(run: string, openings: SampleOpenings) {
  const chunks = [utf8(`sealed ${run} 0`), utf8(`sealed ${run} 1`)]
  let link = firstLink(run, sha256)
  for (const [i, chunk] of chunks.entries()) {
    openings.chunks.set(`recordings/${run}/${i}.chunk`, chunk)
    link = nextLink(link, i, chunk, sha256)
  }
  return {
    chunks: chunks.length,
    bytes: chunks.reduce((sum, { length }) => sum + length, 0),
    link: toHex(link),
  }
}

/** `export.json` of an export that withholds nothing. */
export function sampleExportNote(size: number): Uint8Array {
  const note = { format: 'chaperone-export/v1', made: sampleInstant(1000), size, order: null, withheld: [] }
  return utf8(`${JSON.stringify(note, undefined, 2)}\n`)
}
