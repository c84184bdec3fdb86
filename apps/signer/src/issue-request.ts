import { z } from 'zod'
import { fromHex } from '@chaperone/encoding'
import { signedStatementShape } from '@chaperone/domain'

/** What the gateway asks for. The shape is all that is known of it here: every value is judged in `checkIssue`. */
export const issueShape = z.strictObject({
  statements: z.array(signedStatementShape).min(1).max(8),
  order: opening({
    order: z.string(),
    version: z.int(),
    technician: z.string(),
    purpose: z.string(),
    fault: z.string(),
    component: z.string(),
    mayShow: z.string(),
    effects: z.array(z.strictObject({ effect: z.string(), place: z.string() })).max(64),
    notBefore: z.string(),
    notAfter: z.string(),
    steps: z.array(z.string()).max(64),
    rollbackSteps: z.int(),
  }),
  step: opening({
    target: z.string(),
    account: z.string(),
    interpreter: z.enum(['bash', 'powershell', 'sql']),
    bytes: z.strictObject({ length: z.int(), sha256: z.string() }),
    files: z
      .array(
        z.strictObject({
          name: z.string(),
          mode: z.enum(['0600', '0644', '0700', '0755']),
          length: z.int(),
          sha256: z.string(),
        }),
      )
      .max(16),
    expected: z.string(),
    maxSeconds: z.int(),
  }),
  /** The step's place in its order, from 1. */
  index: z.int().min(1).max(64),
  attempt: z.int().min(1).max(999_999_999),
  /** Log index of the intent. */
  intent: z.int().min(0),
})

export type IssueRequest = z.infer<typeof issueShape>

function opening<T extends z.ZodRawShape>(document: T) {
  const salt = z.string().refine((text) => fromHex(text)?.length === 32)
  return z.strictObject({ salt, document: z.strictObject(document) })
}
