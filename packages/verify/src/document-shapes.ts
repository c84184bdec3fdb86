import { z } from 'zod'
import type { OrderDocument, StepDocument } from '@chaperone/domain'

/**
 * What an opened document must be before anything in it is compared: a commitment proves that it was written, not that
 * it is one.
 */
const piece = z.object({ length: z.number(), sha256: z.string() })

const step = z.strictObject({
  target: z.string(),
  account: z.string(),
  interpreter: z.enum(['bash', 'powershell', 'sql']),
  bytes: z.strictObject(piece.shape),
  files: z
    .array(
      z.strictObject({ name: z.string(), mode: z.enum(['0600', '0644', '0700', '0755']), ...piece.shape }),
    )
    .max(16),
  expected: z.string(),
  maxSeconds: z.number(),
})

const order = z.strictObject({
  order: z.string(),
  version: z.number(),
  technician: z.string(),
  purpose: z.string(),
  fault: z.string(),
  component: z.string(),
  mayShow: z.string(),
  effects: z.array(z.strictObject({ effect: z.string(), place: z.string() })).max(64),
  notBefore: z.string(),
  notAfter: z.string(),
  steps: z.array(z.string()).max(64),
  rollbackSteps: z.number(),
})

const analysis = z.object({
  level: z.string(),
  questions: z
    .array(z.object({ ask: z.string(), choices: z.array(z.string()), right: z.array(z.number()) }))
    .default([]),
})

/** What of an analysis the log tells too, or draws on. */
export interface AnalysisGist {
  readonly level: string
  readonly questions: readonly {
    readonly ask: string
    readonly choices: readonly string[]
    /** Indexes of the choices that it derived. */
    readonly right: readonly number[]
  }[]
}

/** The document, or `undefined` for JSON that is none. */
export function readStepDocument(json: unknown): StepDocument | undefined {
  return step.safeParse(json).data
}

export function readOrderDocument(json: unknown): OrderDocument | undefined {
  return order.safeParse(json).data
}

export function readAnalysis(json: unknown): AnalysisGist | undefined {
  return analysis.safeParse(json).data
}
