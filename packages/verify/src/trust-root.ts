import { z } from 'zod'
import { err, isId, ok, type Digest, type Result } from '@chaperone/encoding'

/**
 * What everything of an installation is judged by (spec/export.md §3): printed at `chaperone init` and carried by
 * people, never fetched from the gateway it judges.
 */
export interface TrustRoot {
  readonly format: 'chaperone-root/v1'
  readonly organisation: string
  /** The log's name in its checkpoints. */
  readonly origin: string
  /** Signed-note verifier keys of the log and of its first witness, the signer. */
  readonly logKey: string
  readonly signerKey: string
  /** Digest of roster 1. */
  readonly rosterDigest: Digest
}

const shape = z.strictObject({
  format: z.literal('chaperone-root/v1'),
  organisation: z.string().min(1),
  origin: z.string().min(1),
  logKey: z.string().min(1),
  signerKey: z.string().min(1),
  rosterDigest: z.string().refine((text) => isId('digest', text)),
})

export function parseTrustRoot(text: string): Result<TrustRoot, { readonly code: 'trust-root-malformed' }> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return err({ code: 'trust-root-malformed' })
  }
  const parsed = shape.safeParse(json)
  return parsed.success ? ok(parsed.data) : err({ code: 'trust-root-malformed' })
}

export function printTrustRoot(root: TrustRoot): string {
  return `${JSON.stringify(root, undefined, 2)}\n`
}
