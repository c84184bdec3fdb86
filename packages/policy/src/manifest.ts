import { z } from 'zod'

/** The names under which policies see tables; the schema has the same. */
export const tableNames = ['countryGroupD', 'coveredNations', 'euMembers'] as const
export type TableName = (typeof tableNames)[number]

const path = z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*\.(cedar|json)$/)

/** `regime.json`: what a regime is made of, beside the Cedar files of its own folder. */
export const manifestShape = z
  .strictObject({
    regime: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    version: z.int().min(1),
    title: z.string().min(1).max(128),
    uses: z.array(path).max(32).readonly(),
    tables: z.partialRecord(z.enum(tableNames), path),
  })
  .readonly()

export type Manifest = z.infer<typeof manifestShape>
