import { z } from 'zod'
import { err, fromBase64, isId, type Result } from '@chaperone/encoding'
import { signedStatementShape } from '@chaperone/domain'
import { issueShape } from './issue-request.ts'
import type { Refusal } from './refusal.ts'
import type { Answer, Signer } from './signer.ts'

/** One thing that may be asked over a socket. */
export interface Action {
  /** Bytes of a request's body. */
  readonly most: number
  run(body: unknown): Answer | Promise<Answer>
}

export type Actions = Readonly<Record<string, Action>>

const kib = 1024
const mib = 1024 * 1024

const statements = z.array(signedStatementShape).min(1).max(4)
const base64 = z.string().transform((text, context) => {
  const bytes = fromBase64(text)
  if (bytes !== undefined) return bytes
  context.addIssue('not base64')
  return z.NEVER
})
// Entries are many, and their hashes are compared with the checkpoint's root: a lenient decoder is good enough.
const entry = z.string().transform((text) => Buffer.from(text, 'base64'))

const rosterShape = z.strictObject({ bytes: base64, adoptions: statements })
const liftShape = z.strictObject({ stop: z.string().max(64), statements })
const closeShape = z.strictObject({ run: z.string().refine((text) => isId('run', text)) })
const recoveryShape = z.strictObject({ statements })
const logShape = z.strictObject({
  from: z.int().min(0),
  entries: z.array(entry).max(4000),
  checkpoint: z
    .string()
    .max(64 * kib)
    .nullable(),
})

/** What the gateway may ask. */
export function gatewayActions(signer: Signer): Actions {
  return {
    ...sharedActions(signer),
    'POST /log': action(64 * mib, logShape, (part) => signer.readLog(part)),
    'POST /issue': action(mib, issueShape, (request) => signer.issue(request)),
    'POST /close': action(kib, closeShape, ({ run }) => signer.close(run)),
  }
}

/** What officers deliver themselves, past the gateway. */
export function officerActions(signer: Signer): Actions {
  return {
    ...sharedActions(signer),
    'POST /stop': action(64 * kib, signedStatementShape, (signed) => signer.stop(signed)),
    'POST /lift': action(256 * kib, liftShape, (lift) => signer.lift(lift.stop, lift.statements)),
    'POST /recovery': action(256 * kib, recoveryShape, (recovery) => signer.recover(recovery.statements)),
  }
}

function sharedActions(signer: Signer): Actions {
  return {
    'GET /status': { most: 0, run: () => ({ ok: true, value: signer.status() }) },
    'POST /roster': action(16 * mib, rosterShape, (roster) => signer.takeRoster(roster)),
  }
}

function action<T>(most: number, shape: z.ZodType<T>, run: (asked: T) => Answer | Promise<Answer>): Action {
  return {
    most,
    run(body) {
      const asked = shape.safeParse(body)
      return asked.success ? run(asked.data) : malformed(asked.error.issues[0]?.path.join('.') ?? '')
    },
  }
}

export function malformed(at: string): Result<never, Refusal> {
  return err({ code: 'request-malformed', at })
}
