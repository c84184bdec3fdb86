import { z } from 'zod'
import { hooks } from '../../packages/analysis/src/knowledge/hooks/index.ts'
import { effectTypes } from '../../packages/analysis/src/knowledge/shape.ts'

/* What a file in knowledge/linux may say. Strict: a misspelt field would be a rule that silently does not apply. */

const types: ReadonlySet<string> = new Set(effectTypes)
const effect = z.string().refine((text) => types.has(text.split(' ')[0] ?? ''), {
  error: (issue) => `\`${String(issue.input)}\` does not begin with an effect type`,
})
const effects = z.array(effect).min(1)
const texts = z.array(z.string()).min(1)
const level = z.enum(['routine', 'notable', 'high-impact'])

/** `text => effect; effect`, with the effects checked too. */
const note = z.string().refine(
  (text) => {
    const at = text.indexOf(' => ')
    return (
      at < 0 ||
      text
        .slice(at + 4)
        .split('; ')
        .every((one) => types.has(one.split(' ')[0] ?? ''))
    )
  },
  { error: (issue) => `\`${String(issue.input)}\`: what follows => are effects` },
)

const role = z.string().regex(/^(code:[a-z0-9-]+|[a-z]+(-[a-z]+)*);?$/, {
  error: (issue) => `\`${String(issue.input)}\` is no role`,
})

const valueRule = z
  .strictObject({
    is: texts.optional(),
    any: texts.optional(),
    starts: texts.optional(),
    ends: texts.optional(),
    has: texts.optional(),
    not: texts.optional(),
    lacks: texts.optional(),
    rights: z.array(z.enum(['setuid', 'world-write'])).optional(),
    nocase: z.boolean().optional(),
    effects: effects.optional(),
    code: z.string().optional(),
    role: role.optional(),
    level: level.optional(),
    text: z.string().optional(),
  })
  .refine((rule) => rule.is ?? rule.any ?? rule.starts ?? rule.ends ?? rule.has ?? rule.not ?? rule.rights, {
    error: 'a rule about a value says which values',
  })

const optionDetail = z.strictObject({
  text: z.string(),
  effects: effects.optional(),
  when: z.array(valueRule).min(1).optional(),
  level: level.optional(),
  query: z.boolean().optional(),
  simulates: z.boolean().optional(),
  fill: z.boolean().optional(),
})

const optionKey = z
  .string()
  .regex(/^\S+( \S+)*$/, { error: (issue) => `\`${String(issue.input)}\` are no option names` })

const operand = z.string().regex(/^(code:[a-z0-9-]+|[a-z]+(-[a-z]+)*)[*+?]?$/, {
  error: (issue) => `\`${String(issue.input)}\` is no operand`,
})
const operandDetail = z.strictObject({
  text: z.string().optional(),
  effects: effects.optional(),
  when: z.array(valueRule).min(1).optional(),
})
const operandNote = z.union([
  operand,
  z
    .record(operand, z.union([z.string(), operandDetail]))
    .refine((map) => Object.keys(map).length === 1, { error: 'an operand is one role with its text' }),
])

const parse = z.strictObject({
  clusters: z.boolean().optional(),
  words: z.boolean().optional(),
  stop: z.number().int().min(1).optional(),
  keys: z.boolean().optional(),
  plus: z.boolean().optional(),
  bundle: z.boolean().optional(),
  short: z.boolean().optional(),
  own: z.boolean().optional(),
  guess: z.boolean().optional(),
  plain: z.boolean().optional(),
  literal: z.boolean().optional(),
  none: z.boolean().optional(),
})

const mode = z.strictObject({
  with: texts.optional(),
  without: texts.optional(),
  given: texts.optional(),
  min: z.number().int().optional(),
  max: z.number().int().optional(),
  first: texts.optional(),
  summary: z.string().optional(),
  operands: z.array(operandNote).optional(),
  effects: effects.optional(),
  drop: z.array(z.enum(effectTypes)).optional(),
  roles: z.record(z.string(), z.string()).optional(),
  stdin: z.string().optional(),
  level: level.optional(),
})

const command = {
  summary: z.string().min(1).optional(),
  parse: parse.optional(),
  options: z.record(optionKey, z.union([note, optionDetail])).optional(),
  operands: z.array(operandNote).optional(),
  effects: effects.optional(),
  modes: z.array(mode).optional(),
  level: level.optional(),
  stdin: z.string().optional(),
  input: z.enum(['append', 'fill']).optional(),
  elsewhere: z.string().optional(),
  as: z.string().optional(),
  language: z.string().optional(),
  hook: z.enum(Object.keys(hooks) as [string, ...string[]]).optional(),
}

const commandNote: z.ZodType = z.strictObject({
  ...command,
  get subcommands() {
    return subcommands.optional()
  },
})
const subcommands: z.ZodType = z.record(z.string(), z.union([note, commandNote]))

const example = z.strictObject({
  line: z.string(),
  /** Effect types, in any order; with a place after the type when that matters. */
  effects: z.array(effect),
  says: z.string().optional(),
  /** What it runs, as words joined by blanks. */
  runs: z.array(z.string()).optional(),
  level: level.optional(),
})

/** One file of knowledge/linux. */
export const entrySchema = z.strictObject({
  command: z.string().min(1),
  aliases: z.array(z.string()).optional(),
  /** Programs that are used in the same way, each with a summary of its own. */
  also: z.record(z.string(), z.string()).optional(),
  versioned: z.boolean().optional(),
  ...command,
  summary: z.string().min(1),
  section: z.enum([
    'files',
    'text',
    'archives',
    'processes',
    'system',
    'storage',
    'accounts',
    'network',
    'firewall',
    'packages',
    'schedule',
    'languages',
    'databases',
    'containers',
    'cloud',
    'services',
    'keys',
    'versions',
    'security',
    'shell',
    'wrappers',
    'editors',
    'build',
  ]),
  sources: texts,
  notes: z.string().optional(),
  reviewed: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/),
  subcommands: subcommands.optional(),
  examples: z.array(example).min(1),
})

export type EntryFile = z.infer<typeof entrySchema>
export type Example = z.infer<typeof example>
