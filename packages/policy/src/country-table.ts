import { z } from 'zod'
import type { Instant } from '@chaperone/encoding'
import { countryShape, instantShape } from './facts.ts'

/** A dated list of countries. It counts until `validUntil`; after that it is missing, and what needs it is denied. */
export const countryTableShape = z
  .strictObject({
    table: z.string().regex(/^[a-z0-9-]{1,64}$/),
    title: z.string().min(1),
    source: z.string().min(1),
    asOf: z.iso.date(),
    validUntil: instantShape,
    /** False: check it against the source before relying on it. */
    verified: z.boolean(),
    note: z.string(),
    countries: z.array(countryShape).min(1).max(400).readonly(),
  })
  .readonly()

export type CountryTable = z.infer<typeof countryTableShape>

export function isTableCurrent({ validUntil }: CountryTable, now: Instant): boolean {
  return now < validUntil
}
