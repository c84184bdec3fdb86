import type { CommandNote, EntryNote } from '../../packages/analysis/src/knowledge/shape.ts'
import { bareName } from './bootstrap/documented.ts'
import { splitGroups } from './split-groups.ts'

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
  if (documented === undefined) return { ...entry, ...splitGroups(entry, new Map()) }
  return { ...entry, ...added(splitGroups(entry, textsIn(documented)), documented, new Set()) }
}

/** What is said of every option, whichever sub-command it belongs to. */
function textsIn([, options = {}, subs = {}]: Compact): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const [key, text] of Object.entries(options))
    for (const token of key.split(' ')) if (text !== '') texts.set(bareName(token), text)
  for (const sub of Object.values(subs))
    for (const [name, text] of textsIn(sub)) if (!texts.has(name)) texts.set(name, text)
  return texts
}

function added(
  note: CommandNote,
  [, options = {}, subs = {}]: Compact,
  above: ReadonlySet<string>,
): CommandNote {
  const names = new Set([
    ...above,
    ...Object.keys(note.options ?? {}).flatMap((key) => key.split(' ').map(bareName)),
  ])
  // `classify` knows these two, and that they do nothing else.
  names.add('--help').add('--version')
  const weighty = onlyLooks(note) ? weightyWhenLooking : weightyAnywhere
  const more = Object.entries(options).flatMap(([key, text]) => {
    const fresh = key.split(' ').filter((token) => !names.has(bareName(token)))
    return fresh.length > 0 && isHarmless(key, text, weighty)
      ? [[withArgument(fresh, key), text] as const]
      : []
  })
  const subcommands = Object.entries(note.subcommands ?? {}).map(([key, sub]) => {
    const all = (key.split(' ')[0] ?? '').split('|').flatMap((name) => {
      const documented = subs[name]
      return documented === undefined ? [] : [documented]
    })
    return [
      key,
      sub === 'again' ? sub : all.reduce((note, documented) => addedTo(note, documented, names), sub),
    ] as const
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

function addedTo(
  sub: string | CommandNote,
  documented: Compact,
  above: ReadonlySet<string>,
): string | CommandNote {
  if (typeof sub !== 'string') return added(sub, documented, above)
  const [, options = {}] = documented
  if (Object.keys(options).length === 0) return sub
  const at = sub.indexOf(' => ')
  const note = {
    summary: at < 0 ? sub : sub.slice(0, at),
    ...(at < 0 ? {} : { effects: sub.slice(at + 4).split('; ') }),
  }
  return added(note, documented, above)
}

function withArgument(fresh: readonly string[], key: string): string {
  const argument = /\[=[^\]]*\]|=\S*/.exec(key)?.[0] ?? ''
  return fresh.map(bareName).join(' ') + argument.replace(/^(\[?=)text/, '$1detail')
}

const weightyAnywhere =
  /\b(args?\b|argument|exec|run|command|program|script|shell|writ|output|file|log|delet|remov|eras|destroy|overwrit|forc|purg|wip|format|send|serv|connect|upload|download|fetch|url|host|proxy|plugin|modul|load|librar|hook|eval|expression|code|edit|pager|config|root|user|group|owner|permission|privileg|mode|password|key|secret|credential|token|kill|signal|stop|restart|install|unsafe|insecure|trust|verif|sign|disabl|socket|port|listen|device|environment|variable|path|dir|folder)/i
const weightyWhenLooking =
  /\b(exec|command|program|script|writ|delet|remov|eras|file|send|upload|pager|edit|config)/i
const plainRoles = /=(text|number)\]?$/

function isHarmless(key: string, text: string, weighty: RegExp): boolean {
  if (text === '' || weighty.test(text)) return false
  if (!key.includes('=')) return true
  // A letter often takes an argument in one system and none in another, and what follows would be taken for it.
  return plainRoles.test(key) && !key.split(' ').some((token) => /^-.(=|$)/.test(token))
}
