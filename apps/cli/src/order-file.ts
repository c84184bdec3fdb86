import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { instantOf, secondsOf, toBase64, utf8 } from '@chaperone/encoding'
import type { Submission } from '@chaperone/contract'
import { UsageError } from './refused.ts'

/** A work order as a technician keeps it in files: texts beside it, bytes taken exactly as they are on disk. */
const file = z.strictObject({
  path: z.string(),
  mode: z.enum(['0600', '0644', '0700', '0755']).default('0644'),
})

const step = z
  .strictObject({
    target: z.string(),
    account: z.string(),
    interpreter: z.enum(['bash', 'powershell', 'sql']).default('bash'),
    /** The step's text, taken as it is; or the path of a file with its bytes. */
    text: z.string().optional(),
    path: z.string().optional(),
    files: z.array(file).default([]),
    expected: z.string().default(''),
    maxSeconds: z.int().default(600),
  })
  .refine((one) => (one.text === undefined) !== (one.path === undefined), {
    error: 'needs either `text` or `path`',
  })

const orderFile = z.strictObject({
  purpose: z.string(),
  fault: z.string().default(''),
  component: z.string().default(''),
  mayShow: z.string().default(''),
  effects: z.array(z.strictObject({ effect: z.string(), place: z.string() })).default([]),
  notBefore: z.string().optional(),
  notAfter: z.string().optional(),
  steps: z.array(step).min(1),
  rollback: z.array(step).default([]),
})

export type OrderFile = z.input<typeof orderFile>

const defaultWindowSeconds = 8 * 60 * 60

/** Reads an order file; paths in it are relative to it. */
export function readOrderFile(path: string, now: string): Submission {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UsageError(`cannot read the order file \`${path}\`: ${(cause as Error).message}`)
  }
  return submissionOf(json, dirname(path), now, path)
}

/** Turns an order file's content into what is submitted. Without a window it opens now and lasts eight hours. */
export function submissionOf(json: unknown, folder: string, now: string, name: string): Submission {
  const parsed = orderFile.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new UsageError(`${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not an order'}`)
  }
  const { steps, rollback, notBefore = now, notAfter, ...texts } = parsed.data
  return {
    ...texts,
    notBefore,
    notAfter: notAfter ?? instantOf(secondsOf(notBefore) + defaultWindowSeconds),
    steps: steps.map((one) => submittedStep(one, folder)),
    rollback: rollback.map((one) => submittedStep(one, folder)),
  }
}

function submittedStep(one: z.output<typeof step>, folder: string): Submission['steps'][number] {
  const { target, account, interpreter, expected, maxSeconds, text, path, files } = one
  const bytes = path === undefined ? utf8(text ?? '') : bytesOf(resolve(folder, path))
  return {
    target,
    account,
    interpreter,
    bytes: toBase64(bytes),
    files: files.map((each) => ({
      label: basename(each.path),
      mode: each.mode,
      content: toBase64(bytesOf(resolve(folder, each.path))),
    })),
    expected,
    maxSeconds,
  }
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new UsageError(`cannot read \`${path}\`: ${(cause as Error).message}`)
  }
}
