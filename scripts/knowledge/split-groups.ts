import type { CommandNote, OptionDetail } from '../../packages/analysis/src/knowledge/shape.ts'
import { bareName } from './bootstrap/documented.ts'

const group = 4

/**
 * An entry may list many plain options under one text. Where documentation says more of one of them, that is said
 * instead, and otherwise its name when that is a word; what it takes and does stays as the entry has it.
 */
export function splitGroups(note: CommandNote, texts: ReadonlyMap<string, string>): CommandNote {
  const options = note.options === undefined ? {} : { options: splitOptions(note.options, texts) }
  if (note.subcommands === undefined) return { ...note, ...options }
  const subcommands = Object.entries(note.subcommands).map(
    ([key, sub]) => [key, typeof sub === 'string' ? sub : splitGroups(sub, texts)] as const,
  )
  return { ...note, ...options, subcommands: Object.fromEntries(subcommands) }
}

function splitOptions(
  options: Readonly<Record<string, string | OptionDetail>>,
  texts: ReadonlyMap<string, string>,
): Record<string, string | OptionDetail> {
  const split = Object.entries(options).flatMap(([key, detail]) => {
    const names = key.split(' ').map(bareName)
    if (typeof detail !== 'string' || detail.includes(' => ')) return [[key, detail] as const]
    if (names.length < group && !vague.has(detail)) return [[withRole(key, detail), detail] as const]
    const tokens = withRole(key, detail).split(' ')
    const shared = tokens.map((token) => /^[^[=]+(=.*)$/.exec(token)?.[1] ?? '').join('')
    const byText = Map.groupBy(
      tokens,
      (token) => texts.get(bareName(token)) ?? named(bareName(token), detail),
    )
    return [...byText].map(
      ([text, some]) => [some.map((token) => marked(token, shared)).join(' '), text] as const,
    )
  })
  return Object.fromEntries(split)
}

/** A needed argument is every name's, an optional one only its own. */
function marked(token: string, shared: string): string {
  return token.endsWith(']') || token.startsWith('*=') ? token : bareName(token) + shared
}

/** An argument of which only little is said can be a file that the program reads. */
function withRole(key: string, text: string): string {
  return saysLittle.test(text) ? key.replaceAll(/=text(?=\]?( |$))/g, '=detail') : key
}

const saysLittle = /^(how|what|which|where|when|limits|other|details?|settings)\b/

/** Texts for what matters little; the name of the option says more when it is a word. */
const vague: ReadonlyMap<string, string> = new Map([
  ['how', 'a detail of how it works'],
  ['details', 'a detail of how it works'],
  ['detail', 'a detail of how it works'],
  ['which', 'a detail of what it works on'],
  ['what', 'a detail of what it works on'],
  ['where', 'a detail of where it works'],
  ['which and how', 'a detail of what it works on'],
  ['where and how', 'a detail of where and how it works'],
  ['where and as whom', 'a detail of where and as whom it works'],
])

function named(name: string, text: string): string {
  const general = vague.get(text)
  if (general === undefined) return text
  const words = name.replace(/^-+/, '').replaceAll('-', ' ')
  return words.length > 2 ? `${general}: ${words}` : general
}
