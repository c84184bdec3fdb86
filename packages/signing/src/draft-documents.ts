import { z } from 'zod'
import { idOf, instant, interpreter } from '@chaperone/contract'

/**
 * The committed documents of a draft, read strictly: a member that is not shown must not exist, or somebody could
 * commit to more than the person saw. Structural rules beyond the types are the domain's.
 */

const salt = z.string().regex(/^[0-9a-f]{64}$/)
const text = z.string().max(8192)

const content = z.strictObject({ length: z.int().min(0), sha256: idOf('digest') })

export const stepDocument = z.strictObject({
  target: idOf('target'),
  account: idOf('account'),
  interpreter,
  bytes: content,
  files: z.array(
    content.extend({ name: z.string(), mode: z.enum(['0600', '0644', '0700', '0755']) }).strict(),
  ),
  expected: z.string(),
  maxSeconds: z.int(),
})

export const orderDocument = z.strictObject({
  order: idOf('order'),
  version: z.int(),
  technician: idOf('person'),
  purpose: text,
  fault: text,
  component: text,
  mayShow: text,
  effects: z.array(z.strictObject({ effect: z.string(), place: z.string() })),
  notBefore: instant,
  notAfter: instant,
  steps: z.array(idOf('digest')),
  rollbackSteps: z.int(),
})

export const recipientDocument = z.strictObject({
  person: idOf('person'),
  roles: z.array(z.string()),
  until: z.string().nullable(),
  roster: z.int(),
  affiliation: z.string(),
  place: z.string(),
  at: instant,
})

export const openingSalt = salt

export type RecipientDocument = z.infer<typeof recipientDocument>
