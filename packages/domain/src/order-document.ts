import {
  commitJson,
  isId,
  isInstant,
  secondsOf,
  toHex,
  type Digest,
  type Instant,
  type Json,
  type OrderId,
  type PersonId,
  type Result,
  type Sha256,
  err,
  ok,
} from '@chaperone/encoding'
import { mostStepLines } from './statement.ts'

/**
 * What a technician asks for (W-1), without the steps' text: those are committed to by their digests. Its own
 * digest covers purpose and window too, so that an approval cannot be moved to another reason or another hour.
 */
export interface OrderDocument {
  readonly order: OrderId
  readonly version: number
  readonly technician: PersonId
  readonly purpose: string
  readonly fault: string
  readonly component: string
  /** What the technician expects to be shown (O-1), in words. */
  readonly mayShow: string
  /** Declared effect types (design: analysis) and places they touch. */
  readonly effects: readonly DeclaredEffect[]
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** Digests of the steps in the order they run, rollback steps after them. */
  readonly steps: readonly Digest[]
  /** How many of `steps`, from the end, are rollback. */
  readonly rollbackSteps: number
}

export interface DeclaredEffect {
  readonly effect: string
  readonly place: string
}

export interface OrderOpening {
  /** 64 hex digits. */
  readonly salt: string
  readonly document: OrderDocument
}

export const longestWindowSeconds = 7 * 24 * 60 * 60
const longestText = 8192

export function orderDigest(salt: Uint8Array, document: OrderDocument, sha256: Sha256): Digest {
  return toHex(commitJson('order', salt, document as unknown as Json, sha256)) // strings, integers and arrays of them
}

export type OrderDocumentRefusal =
  | { readonly code: 'order-malformed'; readonly field: string }
  | { readonly code: 'window-invalid'; readonly notBefore: Instant; readonly notAfter: Instant }

/** Checks a document on its own; what it refers to is judged where it is decided. */
export function checkOrderDocument(document: OrderDocument): Result<OrderDocument, OrderDocumentRefusal> {
  const field = malformedField(document)
  if (field !== undefined) return err({ code: 'order-malformed', field })
  const { notBefore, notAfter } = document
  const seconds = secondsOf(notAfter) - secondsOf(notBefore)
  if (seconds <= 0 || seconds > longestWindowSeconds)
    return err({ code: 'window-invalid', notBefore, notAfter })
  return ok(document)
}

function malformedField(document: OrderDocument): string | undefined {
  if (!isId('order', document.order)) return 'order'
  if (!Number.isInteger(document.version) || document.version < 1) return 'version'
  if (!isId('person', document.technician)) return 'technician'
  for (const field of ['purpose', 'fault', 'component', 'mayShow'] as const) {
    const text = document[field]
    if (text.length > longestText || !text.isWellFormed()) return field
  }
  if (document.purpose.trim() === '') return 'purpose'
  if (document.effects.length > 64) return 'effects'
  if (!isInstant(document.notBefore)) return 'notBefore'
  if (!isInstant(document.notAfter)) return 'notAfter'
  const { steps, rollbackSteps } = document
  if (steps.length === 0 || steps.length > mostStepLines || !steps.every((digest) => isId('digest', digest)))
    return 'steps'
  const allowed = Number.isInteger(rollbackSteps) && rollbackSteps >= 0 && rollbackSteps < steps.length
  return allowed ? undefined : 'rollbackSteps'
}

/**
 * The step that must have succeeded before step `index` (from 1) may run, or `undefined` for the first of the
 * forward and the first of the rollback steps.
 */
export function predecessorOf(
  document: Pick<OrderDocument, 'steps' | 'rollbackSteps'>,
  index: number,
): number | undefined {
  const firstRollback = document.steps.length - document.rollbackSteps + 1
  return index === 1 || index === firstRollback ? undefined : index - 1
}
