import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault, isId } from '@chaperone/encoding'

/** Named at `chaperone init` and carried by people (spec/export.md §3). */
export interface TrustRoot {
  readonly origin: string
  readonly logKey: string
  readonly signerKey: string
  /** Digest of roster 1. */
  readonly rosterDigest: string
}

const shape = z.object({
  format: z.literal('chaperone-root/v1'),
  origin: z.string().min(1),
  logKey: z.string().min(1),
  signerKey: z.string().min(1),
  rosterDigest: z.string().refine((text) => isId('digest', text)),
})

/** Fault `trust-root-unusable`. */
export function readTrustRoot(path: string): TrustRoot {
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Fault('trust-root-unusable', `\`${path}\` is no trust root`, { cause })
  }
}
