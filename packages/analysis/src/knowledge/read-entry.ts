import { hooks } from './hooks/index.ts'
import type {
  CommandNote,
  EffectType,
  EntryNote,
  Mode,
  OperandDetail,
  OperandNote,
  OptionDetail,
  ValueRule,
} from './shape.ts'
import type { Operand, Option, Piece, Rule, Scope, ScopeMode, SubCommands, Template } from './scope.ts'

/** Turns an entry as written into what `classify` walks; sub-commands are read when they are first used. */
export function readEntry(note: EntryNote): Scope {
  return readScope(note.command, note, undefined)
}

function readScope(name: string, note: CommandNote, around: Scope | undefined): Scope {
  const options = new Map<string, Option>()
  const open = new Map<string, Option>()
  for (const [key, value] of Object.entries(note.options ?? {})) {
    const option = readOption(key, value)
    const isGroup = option.names.length >= group
    for (const [name, taking] of perName(key, option))
      (isOpen(name) ? open : options).set(name, isGroup ? { ...taking, names: [name] } : taking)
  }
  const parse = { ...inherited(around), ...note.parse }
  const scope = {
    name,
    summary: pieces(note.summary ?? ''),
    parse,
    options,
    open,
    around: parse.own === true ? undefined : around,
    operands: (note.operands ?? []).map(readOperand),
    effects: (note.effects ?? []).map(template),
    modes: (note.modes ?? []).map(readMode),
    level: note.level ?? around?.level,
    stdin: note.stdin,
    input: note.input,
    elsewhere: note.elsewhere === undefined ? around?.elsewhere : pieces(note.elsewhere),
    as: note.as === undefined ? around?.as : pieces(note.as),
    language: note.language ?? around?.language ?? 'sh',
    hook: note.hook === undefined ? undefined : hooks[note.hook],
  }
  const whole: Scope & { subcommands: SubCommands | undefined } = { ...scope, subcommands: undefined }
  if (note.subcommands !== undefined) whole.subcommands = readSubCommands(note.subcommands, whole)
  return whole
}

/** An optional argument belongs to the names that carry it only: `-f --follow[=how]`. */
function perName(key: string, option: Option): readonly (readonly [string, Option])[] {
  if (!option.optional) return option.names.map((name) => [name, option] as const)
  const bare: Option = { ...option, args: none, optional: false }
  return key.split(' ').map((token) => [splitName(token)[0], token.endsWith(']') ? option : bare] as const)
}

/** So many names under one text are different options of one kind; fewer are names of the same. */
const group = 4

function inherited(around: Scope | undefined): CommandNote['parse'] {
  if (around === undefined) return {}
  const { clusters, words, plus, short, own, keys, guess } = around.parse
  const kept = { clusters, words, plus, short, own, keys, guess }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
}

const openNames: ReadonlySet<string> = new Set(['-*', '+*', '-#', '*='])

function isOpen(name: string): boolean {
  return openNames.has(name)
}

const none: readonly never[] = []

/** `-o --output=path-write`: names and what follows them. */
export function readOption(key: string, value: string | OptionDetail): Option {
  const names: string[] = []
  let args = ''
  let optional = false
  for (const token of key.split(' ')) {
    const [name, arg, isOptional] = splitName(token)
    names.push(name)
    if (arg !== '') args = arg
    optional ||= isOptional
  }
  const [text, effects] = typeof value === 'string' ? splitText(value) : [value.text, value.effects ?? none]
  const detail: Partial<OptionDetail> = typeof value === 'string' ? {} : value
  return {
    names,
    text,
    args: args === '' ? none : args.split(',').map(readArgument),
    optional,
    effects: effects.map(template),
    when: (detail.when ?? none).map(readRule),
    level: detail.level,
    query: detail.query ?? false,
    simulates: detail.simulates ?? false,
    fill: detail.fill ?? false,
  }
}

function splitName(token: string): [name: string, arg: string, optional: boolean] {
  const optional = token.indexOf('[=')
  if (optional > 0 && token.endsWith(']'))
    return [token.slice(0, optional), token.slice(optional + 2, -1), true]
  const equals = token.indexOf('=')
  if (equals <= 0 || token === '*=') return [token, '', false]
  // A catch-all with an argument: `*==text` is `name=value` with the role of the value.
  if (token.startsWith('*==')) return ['*=', token.slice(3), false]
  return [token.slice(0, equals), token.slice(equals + 1), false]
}

function readArgument(role: string): { role: string; until: boolean } {
  return role.endsWith(';') ? { role: role.slice(0, -1), until: true } : { role, until: false }
}

function readRule(rule: ValueRule): Rule {
  return { ...rule, effects: (rule.effects ?? none).map(template) }
}

function readOperand(note: OperandNote): Operand {
  const [key, value] = typeof note === 'string' ? [note, ''] : (Object.entries(note)[0] ?? ['text', ''])
  const detail: OperandDetail = typeof value === 'string' ? { text: value } : value
  const last = key.at(-1) ?? ''
  const role = '*+?'.includes(last) ? key.slice(0, -1) : key
  return {
    role,
    many: last === '*' || last === '+',
    needed: last !== '*' && last !== '?',
    text: detail.text ?? '',
    effects: (detail.effects ?? none).map(template),
    when: (detail.when ?? none).map(readRule),
  }
}

function readMode(mode: Mode): ScopeMode {
  return {
    ...mode,
    summary: mode.summary === undefined ? undefined : pieces(mode.summary),
    operands: mode.operands?.map(readOperand),
    effects: (mode.effects ?? none).map(template),
  }
}

function readSubCommands(notes: NonNullable<CommandNote['subcommands']>, around: Scope): SubCommands {
  const exact = new Map<string, () => Scope>()
  const begins: [string, () => Scope][] = []
  for (const [key, note] of Object.entries(notes)) {
    const [names = '', ...operands] = key.split(' ')
    const all = names.split('|')
    const scope = note === 'again' ? () => around : readOnce(all[0] ?? '', note, operands, around)
    for (const name of all) {
      if (name.endsWith('*')) begins.push([name.slice(0, -1), scope])
      else exact.set(name, scope)
    }
  }
  return { exact, begins }
}

function readOnce(
  name: string,
  note: string | CommandNote,
  operands: readonly string[],
  around: Scope,
): () => Scope {
  let scope: Scope | undefined
  return () => {
    scope ??= readScope(name, { ...(operands.length > 0 ? { operands } : {}), ...unfolded(note) }, around)
    return scope
  }
}

function unfolded(note: string | CommandNote): CommandNote {
  if (typeof note !== 'string') return note
  const [summary, effects] = splitText(note)
  return { summary, effects }
}

/** `text => effect; effect` */
function splitText(note: string): [text: string, effects: readonly string[]] {
  const at = note.indexOf(' => ')
  return at < 0 ? [note, none] : [note.slice(0, at), note.slice(at + 4).split('; ')]
}

function template(text: string): Template {
  const space = text.indexOf(' ')
  const type = (space < 0 ? text : text.slice(0, space)) as EffectType // checked when compiled
  return { type, place: space < 0 ? none : pieces(text.slice(space + 1)) }
}

/** `restarts <service|all services>` */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = []
  let from = 0
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', from)) {
    const close = text.indexOf('>', open)
    if (close < 0) break
    if (open > from) found.push(text.slice(from, open))
    const [ref = '', otherwise = ''] = text.slice(open + 1, close).split('|')
    found.push({ ref, otherwise })
    from = close + 1
  }
  if (from < text.length) found.push(text.slice(from))
  return found
}
