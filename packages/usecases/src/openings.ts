import { Fault, parseCanonicalJson, type Digest, type Json } from '@chaperone/encoding'
import type { Analysis } from '@chaperone/analysis'
import type { OrderDocument, OrderOpening, StepDocument, StepOpening } from '@chaperone/domain'
import type { Opening, RecordReader } from './records.ts'
import { contentKey } from './submit-order.ts'

/** Everything that one order's digests stand for, opened. */
export interface OpenedOrder {
  readonly order: OrderOpening
  readonly steps: readonly OpenedStep[]
}

export interface OpenedStep {
  readonly opening: StepOpening
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly files: readonly Uint8Array[]
  readonly labels: readonly string[]
  readonly analysis: Analysis
  readonly analysisDigest: Digest
  readonly analysisSalt: string
}

/** Opens an order's version by its digest. Fault `opening-missing` when it was erased or never stored. */
export async function openOrder(
  reader: RecordReader,
  orderDigest: Digest,
  analyses: readonly Digest[],
): Promise<OpenedOrder> {
  const opening = await require(reader, orderDigest)
  const document = documentOf<OrderDocument>(opening)
  const steps = await Promise.all(
    document.steps.map((digest, i) => openStep(reader, digest, analyses[i] ?? '')),
  )
  return { order: { salt: opening.salt, document }, steps }
}

async function openStep(reader: RecordReader, digest: Digest, analysisDigest: Digest): Promise<OpenedStep> {
  const [opening, analysed, bytes, labels] = await Promise.all([
    require(reader, digest),
    require(reader, analysisDigest),
    require(reader, contentKey(digest, 0)),
    require(reader, `${digest}/labels`),
  ])
  const document = documentOf<StepDocument>(opening)
  const files = await Promise.all(document.files.map((_, i) => require(reader, contentKey(digest, i + 1))))
  return {
    opening: { salt: opening.salt, document },
    digest,
    bytes: bytes.value,
    files: files.map((file) => file.value),
    labels: documentOf<readonly string[]>(labels),
    analysis: documentOf<Analysis>(analysed),
    analysisDigest,
    analysisSalt: analysed.salt,
  }
}

/** What was said of a step when it was submitted. */
export async function openAnalysis(reader: RecordReader, digest: Digest): Promise<Analysis> {
  return documentOf<Analysis>(await require(reader, digest))
}

async function require(reader: RecordReader, commitment: Digest): Promise<Opening> {
  const opening = await reader.opening(commitment)
  if (opening === undefined)
    throw new Fault('opening-missing', 'what this digest stands for was erased or never stored')
  return opening
}

/** A document that we stored ourselves, after checking it; who reads it re-hashes it where that matters. */
function documentOf<T>(opening: Opening): T {
  const json = parseCanonicalJson(opening.value)
  if (!json.ok) throw new Fault('opening-malformed', `a stored ${opening.kind} is not canonical JSON`)
  return json.value as Json as T
}
