import type { CommandNote, EntryNote } from '../../packages/analysis/src/knowledge/shape.ts'
import { bareName } from './bootstrap/documented.ts'

/** What `bootstrap.ts` wrote of a program: text, options, sub-commands. */
export type Compact = readonly [
  text: string,
  options?: Readonly<Record<string, string>>,
  subcommands?: Readonly<Record<string, Compact>>,
]

/**
 * Adds options that an entry does not list and documentation describes as something that cannot matter. Whatever
 * could run, write, send or load something has to be in the entry itself, where a person has judged it.
 */
export function addDocumented(entry: EntryNote, documented: Compact | undefined): EntryNote {
  if (documented === undefined) return entry
  return { ...entry, ...added(splitGroups(entry, documented[1] ?? {}), documented, new Set()) }
}

function added(note: CommandNote, [, options = {}, subs = {}]: Compact, above: ReadonlySet<string>): CommandNote {
  const names = new Set([...above, ...Object.keys(note.options ?? {}).flatMap((key) => key.split(' ').map(bareName))])
  // `classify` knows these two, and that they do nothing else.
  names.add('--help').add('--version')
  const weighty = onlyLooks(note) ? weightyWhenLooking : weightyAnywhere
  const more = Object.entries(options).flatMap(([key, text]) => {
    const fresh = key.split(' ').filter((token) => !names.has(bareName(token)))
    return fresh.length > 0 && isHarmless(key, text, weighty) ? [[withArgument(fresh, key), text] as const] : []
  })
  const subcommands = Object.entries(note.subcommands ?? {}).map(([key, sub]) => {
    const all = (key.split(' ')[0] ?? '').split('|').flatMap((name) => {
      const documented = subs[name]
      return documented === undefined ? [] : [documented]
    })
    return [key, sub === 'again' ? sub : all.reduce((note, documented) => addedTo(note, documented, names), sub)] as const
  })
  return {
    ...note,
    ...(more.length > 0 ? { options: { ...note.options, ...Object.fromEntries(more) } } : {}),
    ...(subcommands.length > 0 ? { subcommands: Object.fromEntries(subcommands) } : {}),
  }
}

function onlyLooks({ effects, modes }: CommandNote): boolean {
  return effects?.every((effect) => effect === 'query-only') === true && modes === undefined
}

function addedTo(sub: string | CommandNote, documented: Compact, above: ReadonlySet<string>): string | CommandNote {
  if (typeof sub !== 'string') return added(sub, documented, above)
  const [, options = {}] = documented
  if (Object.keys(options).length === 0) return sub
  const at = sub.indexOf(' => ')
  const note = { summary: at < 0 ? sub : sub.slice(0, at), ...(at < 0 ? {} : { effects: sub.slice(at + 4).split('; ') }) }
  return added(note, documented, above)
}

function withArgument(fresh: readonly string[], key: string): string {
  const argument = /\[=[^\]]*\]|=\S*/.exec(key)?.[0] ?? ''
  return fresh.some((token) => token.includes('=')) ? fresh.join(' ') : fresh.join(' ') + argument
}

const weightyAnywhere =
  /\b(exec|run|command|program|script|shell|writ|output|file|log|delet|remov|eras|destroy|overwrit|forc|purg|wip|format|send|serv|connect|upload|download|fetch|url|host|proxy|plugin|modul|load|librar|hook|eval|expression|code|edit|pager|config|root|user|group|owner|permission|privileg|mode|password|key|secret|credential|token|kill|signal|stop|restart|install|unsafe|insecure|trust|verif|sign|disabl|socket|port|listen|device|environment|variable|path|dir|folder)/i
const weightyWhenLooking = /\b(exec|command|program|script|writ|delet|remov|eras|file|send|upload|pager|edit|config)/i
const plainRoles = /=(text|number)\]?$/

function isHarmless(key: string, text: string, weighty: RegExp): boolean {
  if (text === '' || weighty.test(text)) return false
  return !key.includes('=') || plainRoles.test(key)
}

const group = 4

/**
 * An entry may list many plain options under one text. Where documentation says more of one of them, that is said
 * instead; what it takes and does stays as the entry has it.
 */
function splitGroups(note: CommandNote, options: Readonly<Record<string, string>>): CommandNote {
  if (note.options === undefined) return note
  const texts = new Map(
    Object.entries(options).flatMap(([key, text]) => key.split(' ').map((token) => [bareName(token), [key, text]] as const)),
  )
  const split = Object.entries(note.options).flatMap(([key, detail]) => {
    const names = key.split(' ').map(bareName)
    if (typeof detail !== 'string' || detail.includes(' => ') || names.length < group) return [[key, detail] as const]
    const argument = /\[=[^\]]*\]|=\S*/.exec(key)?.[0] ?? ''
    const byText = Map.groupBy(names, (name) => (texts.get(name)?.[1] ?? '') || detail)
    return [...byText].map(([text, some]) => [some.join(' ') + argument, text] as const)
  })
  return { ...note, options: Object.fromEntries(split) }
}
