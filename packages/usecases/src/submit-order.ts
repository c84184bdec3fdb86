import { analysisJson, type Analysis } from '@chaperone/analysis'
import {
  canonicalBytes,
  commit,
  err,
  ok,
  toHex,
  type Digest,
  type Instant,
  type Json,
  type OrderId,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import {
  checkOrderDocument,
  largestOrder,
  malformedStepField,
  orderDigest,
  stepDigest,
  type DeclaredEffect,
  type EventOf,
  type OrderDocument,
  type OrderDocumentRefusal,
  type Refusal,
  type StepDocument,
  type StepRefusal,
} from '@chaperone/domain'
import { changeOrder, type Changed } from './change-order.ts'
import type { Office } from './office.ts'
import type { Opening } from './records.ts'

/** What a technician hands in, decoded. */
export interface OrderRequest {
  readonly purpose: string
  readonly fault: string
  readonly component: string
  readonly mayShow: string
  readonly effects: readonly DeclaredEffect[]
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly steps: readonly StepRequest[]
  readonly rollback: readonly StepRequest[]
}

export interface StepRequest extends Pick<
  StepDocument,
  'target' | 'account' | 'interpreter' | 'expected' | 'maxSeconds'
> {
  readonly bytes: Uint8Array
  readonly files: readonly FileRequest[]
}

export interface FileRequest {
  readonly label: string
  readonly mode: '0600' | '0644' | '0700' | '0755'
  readonly content: Uint8Array
}

export type SubmitRefusal =
  | Refusal
  | StepRefusal
  | OrderDocumentRefusal
  | { readonly code: 'order-too-large'; readonly size: number; readonly most: number }

/** How the technician was known. */
export type Identity = EventOf<'order-submitted'>['identity']

export function newOrderId(office: Office): OrderId {
  return `wo-${randomWord(office.random(16), 16)}`
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

export function randomWord(random: Uint8Array, length: number): string {
  return Array.from(random.subarray(0, length), (byte) => letters[byte & 31]).join('')
}

/** Submits version 1, or a new version of one's own order. Texts, bytes and salts are sealed under the order's key. */
export async function submitOrder(
  office: Office,
  order: OrderId,
  technician: PersonId,
  identity: Identity,
  request: OrderRequest,
): Promise<Result<Changed, SubmitRefusal>> {
  const size = sizeOf(request)
  if (size > largestOrder) return err({ code: 'order-too-large', size, most: largestOrder })
  const analyses = await office.analyst.analyse([...request.steps, ...request.rollback], request.effects)
  const steps = [...request.steps, ...request.rollback].map((step, i) =>
    prepareStep(office, order, step, analyses[i] as Analysis),
  ) // one analysis a step
  const malformed = firstMalformed(steps)
  if (malformed !== undefined) return err(malformed)
  const openings: Opening[] = steps.flatMap((step) => step.openings)
  return changeOrder<SubmitRefusal>(
    office,
    order,
    (before, context) => {
      const version = (before?.version ?? 0) + 1
      const document = orderDocument(order, version, technician, request, steps)
      const checked = checkOrderDocument(document)
      if (!checked.ok) return checked
      const salt = office.random(32)
      const digest = orderDigest(salt, document, office.crypto.sha256)
      openings.push({
        commitment: digest,
        order,
        kind: 'order',
        salt: toHex(salt),
        value: canonicalBytes(document as unknown as Json),
      }) // strings and integers
      const type = before === undefined ? 'order-submitted' : 'order-revised'
      const { notBefore, notAfter, rollbackSteps } = document
      return ok([
        {
          v: 1,
          type,
          at: context.at,
          order,
          version,
          orderDigest: digest,
          technician,
          identity,
          notBefore,
          notAfter,
          steps: steps.map((step) => step.submitted),
          rollbackSteps,
        },
      ])
    },
    async (records) => {
      for (const opening of openings) await records.putOpening(opening)
    },
  )
}

function sizeOf({ steps, rollback }: OrderRequest): number {
  const pieces = [...steps, ...rollback].flatMap(({ bytes, files }) => [
    bytes,
    ...files.map(({ content }) => content),
  ])
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}

interface PreparedStep {
  readonly document: StepDocument
  readonly submitted: EventOf<'order-submitted'>['steps'][number]
  readonly openings: readonly Opening[]
}

function prepareStep(office: Office, order: OrderId, step: StepRequest, analysis: Analysis): PreparedStep {
  const { sha256 } = office.crypto
  const { target, account, interpreter, expected, maxSeconds } = step
  const files = step.files.map((file, i) => ({
    name: `f${i + 1}`,
    mode: file.mode,
    length: file.content.length,
    sha256: toHex(sha256(file.content)),
  }))
  const bytes = { length: step.bytes.length, sha256: toHex(sha256(step.bytes)) }
  const document: StepDocument = { target, account, interpreter, bytes, files, expected, maxSeconds }
  const salt = office.random(32)
  const digest = stepDigest(salt, document, sha256)
  const analysed = analysisOpening(office, order, analysis)
  return {
    document,
    submitted: { digest, target, account, interpreter, analysis: analysed.commitment, level: analysis.level },
    openings: [
      {
        commitment: digest,
        order,
        kind: 'step',
        salt: toHex(salt),
        value: canonicalBytes(document as unknown as Json),
      }, // strings and integers
      analysed,
      ...contents(order, digest, step),
    ],
  }
}

/** The stored analysis of a step; its salt makes the commitment the step's own even where two say the same. */
function analysisOpening(office: Office, order: OrderId, analysis: Analysis): Opening {
  const salt = office.random(32)
  const value = canonicalBytes(analysisJson(analysis))
  const commitment = toHex(commit('analysis', salt, value, office.crypto.sha256))
  return { commitment, order, kind: 'analysis', salt: toHex(salt), value }
}

/**
 * The bytes and files of a step, found by the step's digest and their place. They are not commitments of their own:
 * the step's document has their hashes.
 */
export function contentKey(step: Digest, place: number): string {
  return `${step}/${place}`
}

const noSalt = '0'.repeat(64)

function contents(order: OrderId, digest: Digest, step: StepRequest): readonly Opening[] {
  const labels = canonicalBytes(step.files.map((file) => file.label))
  const pieces = [step.bytes, ...step.files.map((file) => file.content)]
  return [
    ...pieces.map((value, place) => ({
      commitment: contentKey(digest, place),
      order,
      kind: 'content',
      salt: noSalt,
      value,
    })),
    { commitment: `${digest}/labels`, order, kind: 'labels', salt: noSalt, value: labels },
  ]
}

function firstMalformed(steps: readonly PreparedStep[]): StepRefusal | undefined {
  for (const [i, step] of steps.entries()) {
    const field = malformedStepField(step.document)
    if (field !== undefined) return { code: 'step-malformed', step: i + 1, field }
  }
  return undefined
}

function orderDocument(
  order: OrderId,
  version: number,
  technician: PersonId,
  request: OrderRequest,
  steps: readonly PreparedStep[],
): OrderDocument {
  const { purpose, fault, component, mayShow, effects, notBefore, notAfter } = request
  return {
    order,
    version,
    technician,
    purpose,
    fault,
    component,
    mayShow,
    effects,
    notBefore,
    notAfter,
    steps: steps.map((step) => step.submitted.digest),
    rollbackSteps: request.rollback.length,
  }
}
