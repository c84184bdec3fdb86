import { describeWords } from './describe-words.ts'
import { effectsOf, sentence } from './fill.ts'
import type { Names, Naming } from './fill.ts'
import { modelled, spoken } from './look-up.ts'
import { givenRole, meaningOf } from './meaning.ts'
import type { Meaning } from './meaning.ts'
import { nestedIn } from './nested.ts'
import { roleEffects } from './roles.ts'
import { rulesFor } from './value-rules.ts'
import type { Rule } from './scope.ts'
import type { Classified, EffectInstance, LevelFloor } from './shape.ts'
import { walk } from './walk.ts'
import type { Use, Words } from './walk.ts'

/**
 * Says what every word of a command is, what the command does and what it runs. `null` is a word whose value is not
 * known. The program may be a path: its last part is looked up.
 */
export function classify(program: string, words: Words): Classified {
  const name = program.slice(program.lastIndexOf('/') + 1)
  const entry = modelled(name)
  if (entry !== undefined) {
    const meaning = meaningOf(walk(entry.scope, words))
    return { ...asModelled(meaning), entry: entry.entry, tier: 'modelled' }
  }
  const documented = spoken(name)
  if (documented === undefined) return unknownProgram(words)
  const meaning = meaningOf(walk(documented.scope, words))
  const { words: described, subcommand, unknownOptions } = asModelled(meaning)
  return {
    ...unknownProgram(words),
    entry: documented.entry,
    tier: 'words',
    words: described,
    subcommand,
    unknownOptions,
  }
}

function unknownProgram(words: Words): Classified {
  const blank = { role: 'text', explanation: '' }
  return {
    entry: undefined,
    tier: 'unknown',
    subcommand: [],
    says: '',
    words: [{ role: 'program', explanation: '' }, ...words.slice(1).map(() => blank)],
    effects: [],
    nested: [],
    unknownOptions: [],
    level: 'high-impact',
  }
}

function asModelled(meaning: Meaning): Omit<Classified, 'entry' | 'tier'> {
  const { walk, query } = meaning
  return {
    subcommand: walk.path.map(({ name }) => name),
    says: query ? 'shows help or its version' : sentence(meaning.settled.summary, meaning.names),
    words: describeWords(meaning),
    effects: effectsIn(meaning),
    nested: nestedIn(meaning),
    unknownOptions: walk.unknown,
    level: levelOf(meaning),
  }
}

function effectsIn(meaning: Meaning): readonly EffectInstance[] {
  const { settled, names, walk, query } = meaning
  const effects: EffectInstance[] = [...optionEffects(meaning)]
  if (query) return [{ type: 'query-only', place: '', words: [0] }, ...effects]
  const word = walk.path.at(-1)?.word ?? 0
  for (const template of settled.effects) effects.push(...effectsOf(template, names, word))
  effects.push(...operandEffects(meaning))
  const kept = effects.filter(({ type }) => !settled.drop.has(type))
  if (!walk.uses.some(simulates)) return once(kept)
  return once([
    { type: 'query-only', place: '', words: [word] },
    ...kept.filter(({ type }) => happensAnyway.has(type)),
  ])
}

/** `--dry-run=none` is the real thing; of a value that is not known nobody can tell. */
function simulates({ option, given }: Use): boolean {
  const [first] = given
  return option.simulates && (first === undefined || (first.value !== null && !notSimulated.has(first.value)))
}

const notSimulated: ReadonlySet<string> = new Set(['none', 'false', 'no', '0'])

/** What a command that only tells what it would do does all the same. */
const happensAnyway: ReadonlySet<string> = new Set([
  'read-file',
  'read-credential',
  'list',
  'query-only',
  'network-egress',
  'network-listen',
  'remote-exec',
  'download-exec',
  'exec-indirect',
  'exec-unknown-code',
  'spawn-shell',
])

function optionEffects({ walk, names, settled }: Meaning): readonly EffectInstance[] {
  return walk.uses.flatMap((use) => {
    const { option, word } = use
    const effects = option.effects.flatMap((template) => effectsOf(template, ownNames(names, word), word))
    for (const given of use.given) {
      const { word: at, value } = given
      const role = givenRole(settled, use, given)
      effects.push(...roleEffect(role, at, value))
      const own = { role, option: '', word: at, value, use: word, operand: false }
      effects.push(...valueEffects(option.when, names, own))
    }
    return effects
  })
}

/** What follows from the value of a word; nothing when it is not known. */
function valueEffects(rules: readonly Rule[], names: Names, own: Naming): readonly EffectInstance[] {
  const { value, word } = own
  if (value === null) return []
  return rulesFor(rules, value).flatMap(([rule, length]) => {
    const named: Names = { ...names, own, rest: { ...own, value: value.slice(length) } }
    return rule.effects.flatMap((template) => effectsOf(template, named, word))
  })
}

function ownNames(names: Names, word: number): Names {
  const own = names.all.find((naming) => naming.option !== '' && naming.use === word)
  return own === undefined ? names : { ...names, own }
}

function operandEffects({ operands, names }: Meaning): readonly EffectInstance[] {
  return operands.flatMap(({ rule, word, value, role }) => {
    const effects = [...roleEffect(role, word, value)]
    if (rule === undefined) return effects
    const own = { role, option: '', word, value, use: word, operand: true }
    effects.push(...rule.effects.flatMap((template) => effectsOf(template, { ...names, own }, word)))
    return [...effects, ...valueEffects(rule.when, names, own)]
  })
}

function roleEffect(role: string, word: number, value: string | null): readonly EffectInstance[] {
  // Of a detail nobody has said what becomes of it: when it is a path, the program can read what is there.
  if (role === 'detail') return isPath(value) ? [{ type: 'read-file', place: value, words: [word] }] : []
  const type = roleEffects[role]
  // `-` is standard input or output, which is where the words around this command lead.
  return type === undefined || value === '-' ? [] : [{ type, place: value, words: [word] }]
}

function isPath(value: string | null): boolean {
  return value !== null && (value.startsWith('/') || value.startsWith('~/') || value.startsWith('../'))
}

function once(effects: readonly EffectInstance[]): readonly EffectInstance[] {
  if (effects.length < 2) return effects
  const seen = new Set<string>()
  return effects.filter(({ type, place, words }) => {
    const key = `${type} ${place ?? '?'} ${words[0] ?? 0}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const order: readonly (LevelFloor | undefined)[] = [undefined, 'routine', 'notable', 'high-impact']

function levelOf({ settled, walk, operands, query }: Meaning): LevelFloor | undefined {
  let level = query ? undefined : settled.level
  const raise = (to: LevelFloor | undefined): void => {
    if (order.indexOf(to) > order.indexOf(level)) level = to
  }
  if (walk.strangers.length > 0) raise('high-impact')
  for (const { option, given } of walk.uses) {
    raise(option.level)
    for (const { value } of given)
      if (value !== null) for (const [rule] of rulesFor(option.when, value)) raise(rule.level)
  }
  for (const { rule, value } of operands)
    if (rule !== undefined && value !== null)
      for (const [matched] of rulesFor(rule.when, value)) raise(matched.level)
  return level
}
