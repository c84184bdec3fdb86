import { sentence } from './fill.ts'
import { givenRole } from './meaning.ts'
import type { Meaning, Placed } from './meaning.ts'
import { roleText } from './roles.ts'
import { rulesFor } from './value-rules.ts'
import type { ClassifiedWord } from './shape.ts'
import type { Given, Use } from './walk.ts'

/** Says of every word what it is, the program first. */
export function describeWords(meaning: Meaning): readonly ClassifiedWord[] {
  const { walk, names } = meaning
  const first = walk.path[0]?.scope.around ?? walk.scope
  const described: ClassifiedWord[] = walk.words.map(() => ({ role: 'text', explanation: '' }))
  described[0] = { role: 'program', explanation: sentence(first.summary, { all: [] }) }
  for (const { word, scope } of walk.path)
    described[word] = { role: 'subcommand', explanation: sentence(scope.summary, names) }
  for (const word of walk.ends)
    described[word] = { role: 'punctuation', explanation: 'what follows is not an option' }
  for (const word of walk.unknown)
    described[word] = { role: walk.strangers.includes(word) ? 'subcommand' : 'option', explanation: '' }
  for (const use of walk.uses) describeUse(meaning, use, described)
  for (const operand of meaning.operands) described[operand.word] = describeOperand(operand)
  return described
}

function describeUse(meaning: Meaning, use: Use, described: ClassifiedWord[]): void {
  const { option, word, given } = use
  const before = described[word]
  const cluster = before?.role === 'option' && before.explanation !== ''
  const option0 = option.names[0] ?? use.name
  const text = cluster ? `${before.explanation}; ${use.name}: ${option.text}` : option.text
  const attached = given.find(({ start }) => start > 0)
  described[word] = {
    role: 'option',
    explanation: text,
    option: option0,
    ...(attached?.value === null || attached === undefined
      ? {}
      : {
          attached: {
            role: givenRole(meaning.settled, use, attached),
            value: attached.value,
            start: attached.start,
          },
        }),
  }
  for (const each of given) if (each !== attached) describeGiven(meaning, use, each, described)
}

function describeGiven(meaning: Meaning, use: Use, given: Given, described: ClassifiedWord[]): void {
  const role = givenRole(meaning.settled, use, given)
  const option = use.option.names[0] ?? use.name
  for (let i = given.word; i < given.to; i += 1) {
    described[i] = {
      role: i === given.word ? role : 'text',
      explanation: givenText(use, given, role),
      option,
    }
  }
  const ending = described[given.to]
  if (given.argument.until && ending !== undefined && given.to < meaning.walk.words.length)
    described[given.to] = { role: 'punctuation', explanation: 'ends that command', option }
}

function givenText(use: Use, given: Given, role: string): string {
  const rule =
    given.value === null ? undefined : rulesFor(use.option.when, given.value).find(([{ text }]) => text)
  if (rule?.[0].text !== undefined) return rule[0].text
  const what = roleText(role) || 'value'
  return `${what}, for ${use.name}`
}

function describeOperand({ role, value, rule }: Placed): ClassifiedWord {
  if (rule === undefined) return { role, explanation: '' }
  const byValue = value === null ? undefined : rulesFor(rule.when, value).find(([{ text }]) => text)
  return { role, explanation: byValue?.[0].text ?? (rule.text || roleText(role) || role) }
}
