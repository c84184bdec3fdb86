import { sentence } from './fill.ts'
import { givenRole } from './meaning.ts'
import type { Meaning, Placed } from './meaning.ts'
import { rulesFor } from './value-rules.ts'
import type { Nested } from './shape.ts'
import type { Given, Use } from './walk.ts'

/** What a command runs besides itself. */
export function nestedIn(meaning: Meaning): readonly Nested[] {
  const nested = meaning.walk.uses.flatMap((use) => inOption(meaning, use))
  if (meaning.query) return nested
  const { settled } = meaning
  const found = [...nested, ...inOperands(meaning)]
  const all = meaning.walk.scope.hook?.(found) ?? found
  if (settled.stdin === undefined) return all
  const why = 'reads what it runs from its input'
  return [...all, { kind: 'code-from-stdin', language: settled.stdin, why, ...around(meaning) }]
}

type Around = Pick<Nested, 'elsewhere' | 'as'>

function around({ walk, names }: Meaning): Around {
  const { elsewhere, as } = walk.scope
  return {
    ...(elsewhere === undefined ? {} : { elsewhere: sentence(elsewhere, names) }),
    ...(as === undefined ? {} : { as: sentence(as, names) }),
  }
}

function inOption(meaning: Meaning, use: Use): readonly Nested[] {
  return use.given.flatMap((given) => {
    const role = givenRole(meaning.settled, use, given)
    const why = use.option.text
    const found = nestedAs(meaning, role, given, why)
    return found === undefined ? byValue(meaning, use, given) : [found]
  })
}

function nestedAs(meaning: Meaning, role: string, given: Given, why: string): Nested | undefined {
  const { word, to, value } = given
  if (role === 'command') return command(meaning, word, to, why, true)
  if (role.startsWith('code:')) return code(meaning, role.slice('code:'.length), [word], value, why)
  return role === 'path-exec' ? script(meaning, word, value, why) : undefined
}

/** A value that is code only when it begins in some way: `-o ProxyCommand=…`. */
function byValue(meaning: Meaning, use: Use, given: Given): readonly Nested[] {
  const { value, word } = given
  const rules = use.option.when.filter((rule) => rule.code !== undefined)
  if (rules.length === 0) return []
  const why = use.option.text
  if (value === null) return [code(meaning, rules[0]?.code ?? 'sh', [word], null, why)]
  return rulesFor(rules, value).map(([rule, length]) =>
    code(meaning, rule.code ?? 'sh', [word], value.slice(length), rule.text ?? why),
  )
}

function inOperands(meaning: Meaning): readonly Nested[] {
  const found: Nested[] = []
  for (const operand of meaning.operands) {
    const nested = inOperand(meaning, operand)
    if (nested !== undefined) found.push(nested)
    else found.push(...operandByValue(meaning, operand))
    // The first word of a command, or of code in several words, stands for all that follow.
    if (operand.role === 'command' || (operand.role.startsWith('code:') && operand.rule?.many === true)) break
  }
  return found
}

function inOperand(meaning: Meaning, operand: Placed): Nested | undefined {
  const { role, word, value, rule } = operand
  const why = rule?.text ?? ''
  if (role === 'command') return command(meaning, word, meaning.walk.words.length, why, false)
  if (role === 'path-exec') return script(meaning, word, value, why)
  if (!role.startsWith('code:')) return undefined
  const language = role.slice('code:'.length)
  if (rule?.many !== true) return code(meaning, language, [word], value, why, after(meaning, word))
  const words = meaning.operands.filter((other) => other.role === role).map((other) => other.word)
  const texts = words.map((at) => meaning.walk.words[at] ?? null)
  return code(meaning, language, words, texts.includes(null) ? null : texts.join(' '), why)
}

function operandByValue(meaning: Meaning, { rule, value, word }: Placed): readonly Nested[] {
  const rules = rule?.when.filter((one) => one.code !== undefined) ?? []
  if (rules.length === 0) return []
  const why = rule?.text ?? ''
  if (value === null) return [code(meaning, rules[0]?.code ?? 'sh', [word], null, why)]
  return rulesFor(rules, value).map(([one, length]) =>
    code(meaning, one.code ?? 'sh', [word], value.slice(length), one.text ?? why),
  )
}

function after(meaning: Meaning, word: number): readonly number[] {
  return meaning.walk.operands.filter((at) => at > word)
}

function command(meaning: Meaning, from: number, to: number, why: string, inOption: boolean): Nested {
  const { walk } = meaning
  const words = walk.words.slice(from, to)
  const { input } = walk.scope
  const base = { kind: 'command' as const, from, to, words, why, ...around(meaning) }
  if (input === undefined) return base
  const mark = walk.uses.find(({ option }) => option.fill)
  if (input === 'append' && mark === undefined) return { ...base, input: { how: 'append' } }
  const filled = { ...base, input: { how: 'fill' as const, mark: mark?.given[0]?.value ?? '{}' } }
  return inOption ? { ...filled, under: searched(meaning) } : filled
}

function searched({ operands }: Meaning): readonly (string | null)[] {
  const paths = operands.filter(({ role }) => role === 'path-list').map(({ value }) => value)
  return paths.length === 0 ? ['.'] : paths
}

function code(
  meaning: Meaning,
  language: string,
  words: readonly number[],
  text: string | null,
  why: string,
  parameters: readonly number[] = [],
): Nested {
  return { kind: 'code', language, word: words[0] ?? 0, words, text, parameters, why, ...around(meaning) }
}

function script(meaning: Meaning, word: number, path: string | null, why: string): Nested {
  const { language } = meaning.walk.scope
  return { kind: 'script', language, word, path, parameters: after(meaning, word), why, ...around(meaning) }
}
