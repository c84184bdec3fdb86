import { evaluateArithmetic } from './arithmetic.ts'
import { names, runPrompt, splitText } from './expand.ts'
import { cannotKnow, type Field, type Io, type Machine } from './machine.ts'
import { format } from './filters/format.ts'
import { absolute, fileKey } from './paths.ts'
import { unescapeText } from './parameter.ts'
import { contentOf } from './redirects.ts'
import { copyScope, type Scope } from './scope.ts'
import { addAct, runScriptFile } from './script-file.ts'
import { concat, known, oneOf, textOf, unknown, withFlows, type Value } from './value.ts'
import { readVariable, setArray, setElement, setVariable } from './variables.ts'

type Builtin = (machine: Machine, fields: readonly Field[], scope: Scope, io: Io) => Value

const nothing = known('')
const quiet: Builtin = () => nothing

/** Commands of the shell itself that change what later words mean, or run text. */
export const builtins: Readonly<Record<string, Builtin>> = {
  ':': quiet,
  true: quiet,
  false: quiet,
  cd,
  pushd: cd,
  popd: (_, __, scope) => {
    scope.cwd = unknown('working-folder')
    return nothing
  },
  export: declare,
  declare,
  typeset: declare,
  local: declare,
  readonly: declare,
  unset,
  set,
  shift,
  eval: evaluate,
  source,
  '.': source,
  alias,
  unalias: (_, fields, scope) => {
    for (const field of fields.slice(1)) scope.aliases.delete(textOf(field.value) ?? '')
    return nothing
  },
  read,
  mapfile,
  readarray: mapfile,
  printf: print,
  echo,
  exec,
  command,
  builtin: command,
  trap,
  hash,
  let: compute,
  enable,
  complete: runsLater(/^-C$/),
  compgen: runsLater(/^-(C|F)$/),
}

export const isBuiltin = (name: string): boolean => Object.hasOwn(builtins, name)

const textAt = (fields: readonly Field[], index: number): string | undefined => {
  const field = fields[index]
  return field && textOf(field.value)
}

function cd(_: Machine, fields: readonly Field[], scope: Scope): Value {
  const target = fields.slice(1).find((field) => !/^-[LPe@]+$/.test(textOf(field.value) ?? ''))
  const before = scope.cwd
  const text = target && textOf(target.value)
  if (target === undefined) scope.cwd = readVariable(scope, 'HOME')
  else if (text === '-') scope.cwd = readVariable(scope, 'OLDPWD')
  else
    scope.cwd =
      scope.cwd.kind === 'unknown' && text?.startsWith('/') === false
        ? unknown('working-folder')
        : absolute(target.value, scope)
  setVariable(scope, 'OLDPWD', before)
  return nothing
}

/** Words like `NAME=value` have taken effect where they were expanded; dynamic ones take effect here. */
function declare(_: Machine, fields: readonly Field[], scope: Scope): Value {
  const options = fields.slice(1).map((field) => textOf(field.value) ?? '')
  const exports = textAt(fields, 0) === 'export' || options.some((word) => /^-\w*x/.test(word))
  const reference = options.some((word) => /^-\w*n/.test(word))
  for (const field of fields.slice(1)) {
    const text = textOf(field.value)
    const pair = text === undefined ? null : /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(text)
    const name = pair?.[1]
    if (name === undefined) continue
    if (pair?.[2] !== undefined && !field.typed.startsWith(name))
      setVariable(scope, name, known(pair[2], field.value.flows))
    if (reference) setVariable(scope, name, readVariable(scope, pair?.[2] ?? ''))
    const variable = scope.variables.get(name)
    if (exports && variable !== undefined) scope.variables.set(name, { ...variable, exported: true })
  }
  return nothing
}

function unset(_: Machine, fields: readonly Field[], scope: Scope): Value {
  for (const field of fields.slice(1)) {
    const name = textOf(field.value) ?? ''
    scope.variables.delete(name)
    scope.functions.delete(name)
  }
  return nothing
}

function set(_: Machine, fields: readonly Field[], scope: Scope): Value {
  const words = fields.slice(1)
  const dashes = words.findIndex((field) => textOf(field.value) === '--')
  const first = words.findIndex((field) => !/^[-+]/.test(textOf(field.value) ?? ''))
  const from = dashes >= 0 ? dashes + 1 : first
  const option = words.some((field) => /^[-+]o$/.test(textOf(field.value) ?? ''))
  if (from < 0 || (option && dashes < 0)) return nothing
  const values = words.slice(from)
  scope.positional = values.some((field) => field.loose) ? undefined : values.map((field) => field.value)
  return nothing
}

function shift(_: Machine, fields: readonly Field[], scope: Scope): Value {
  const count = Number(textAt(fields, 1) ?? '1')
  if (scope.positional !== undefined)
    scope.positional = scope.positional.slice(Number.isSafeInteger(count) ? count : 1)
  return nothing
}

function evaluate(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const words = fields.slice(1)
  if (words.length === 0) return nothing
  const text = words.reduce(
    (all, field, i) => concat(all, i === 0 ? field.value : concat(known(' '), field.value)),
    nothing,
  )
  const span = { start: (words[0] as Field).span.start, end: (words.at(-1) as Field).span.end }
  return machine.runCode(
    machine,
    { language: 'sh', text, how: 'handed to eval', span, inPlace: true, positional: undefined },
    scope,
    io,
  )
}

function source(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const file = fields[1]
  if (file === undefined) return nothing
  const key = fileKey(file.value, scope)
  const content = contentOf(file.value, scope)
  if (key === undefined || !scope.files.has(key) || textOf(content) === undefined)
    return runScriptFile(
      machine,
      { path: file.value, language: 'sh', span: file.span, parameters: [] },
      scope,
      io,
    )
  const code = {
    language: 'sh',
    text: content,
    how: `the file ${key}`,
    span: file.span,
    inPlace: true,
    positional: undefined,
  }
  return machine.runCode(machine, code, scope, io)
}

function alias(_: Machine, fields: readonly Field[], scope: Scope): Value {
  for (const field of fields.slice(1)) {
    const pair = /^([^=\s]+)=([\s\S]*)$/.exec(textOf(field.value) ?? '')
    if (pair !== null) scope.aliases.set(pair[1] ?? '', pair[2] ?? '')
  }
  return nothing
}

const readArgument = /^-\w*[dnNiptu]$/
const mapfileArgument = /^-\w*[dnOsuCc]$/

/** The words after the options of `read` and `mapfile`. */
function variableNames(fields: readonly Field[], withArgument: RegExp): readonly string[] {
  const found: string[] = []
  for (let i = 1; i < fields.length; i += 1) {
    const text = textAt(fields, i) ?? ''
    if (!text.startsWith('-')) found.push(text)
    else if (withArgument.test(text)) i += 1
  }
  return found
}

function read(_: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const variables = variableNames(fields, readArgument)
  const options = fields.map((field) => textOf(field.value) ?? '').filter((word) => word.startsWith('-'))
  const stdin = io.stdin ?? unknown('typed-in', [{ kind: 'input', of: 'read' }])
  const text = textOf(stdin)
  const raw = options.some((word) => /^-\w*r/.test(word))
  const array = options.some((word) => /^-\w*a$/.test(word))
  if (text === undefined) {
    for (const name of variables) setVariable(scope, name, unknown('read-from-input', stdin.flows))
    return nothing
  }
  const delimited = options.some((word) => /^-\w*d/.test(word))
  const lines = (delimited ? [text] : text.split('\n')).filter((line, i) => i === 0 || line !== '')
  const ifs = textOf(readVariable(scope, 'IFS')) ?? ' \t\n'
  const rows = lines.map((line) => splitText((raw ? line : line.replace(/\\(.)/g, '$1')).trim(), ifs))
  if (array) {
    setArray(
      scope,
      variables[0] ?? 'REPLY',
      new Map((rows[0] ?? []).map((word, i) => [String(i), known(word, stdin.flows)])),
    )
    return nothing
  }
  const into = variables.length === 0 ? ['REPLY'] : variables
  into.forEach((name, i) => {
    const last = i === into.length - 1
    const values = rows.map((row, at) =>
      last && into.length === 1 ? (lines[at] ?? '').trim() : last ? row.slice(i).join(' ') : (row[i] ?? ''),
    )
    setVariable(scope, name, withFlows(oneOf(values), stdin.flows))
  })
  return nothing
}

function mapfile(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const callback = fields.findIndex((field) => textOf(field.value) === '-C')
  if (callback > 0) runLater(machine, fields[callback + 1], scope, io)
  const name = variableNames(fields, mapfileArgument)[0] ?? 'MAPFILE'
  const text = io.stdin && textOf(io.stdin)
  if (text === undefined) {
    setVariable(scope, name, unknown('read-from-input', io.stdin?.flows))
    return nothing
  }
  const lines = text.replace(/\n$/, '').split('\n')
  setArray(scope, name, new Map(lines.map((line, i) => [String(i), known(line, io.stdin?.flows)])))
  return nothing
}

function print(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const variable = textAt(fields, 1) === '-v' ? textAt(fields, 2) : undefined
  const words = fields
    .slice(variable === undefined ? 1 : 3)
    .filter((field, i) => i > 0 || textOf(field.value) !== '--')
  const output = format(words.map((field) => field.value))
  if (variable === undefined) return output
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/.exec(variable)
  if (element !== null) {
    if (/[$`]/.test(element[2] ?? '')) runPrompt(machine, known(element[2] ?? ''), scope, io)
    setElement(scope, element[1] ?? '', element[2] ?? '', output)
  } else setVariable(scope, variable, output)
  return nothing
}

function echo(_: Machine, fields: readonly Field[]): Value {
  let at = 1
  let newline = true
  let escapes = false
  for (; /^-[neE]+$/.test(textAt(fields, at) ?? ''); at += 1) {
    const option = textAt(fields, at) ?? ''
    if (option.includes('n')) newline = false
    if (option.includes('e')) escapes = true
  }
  const words = fields.slice(at).map((field) => field.value)
  const text = words.reduce(
    (all, value, i) => concat(all, i === 0 ? value : concat(known(' '), value)),
    nothing,
  )
  const whole = newline ? concat(text, known('\n')) : text
  return escapes && whole.kind === 'known' ? known(unescapeText(whole.text, true), whole.flows) : whole
}

function exec(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  let at = 1
  let shownAs: Field | undefined
  for (; /^-/.test(textAt(fields, at) ?? ''); at += 1) {
    if (!/a$/.test(textAt(fields, at) ?? '')) continue
    at += 1
    const name = fields[at]
    if (name !== undefined) addAct(machine, 'display-deception', name.value, [])
    shownAs = name
  }
  const program = fields.slice(at)
  if (program.length === 0) return nothing
  const output = machine.runFields(machine, program, scope, { ...io, via: [...io.via, 'exec'] })
  if (shownAs !== undefined) noteName(machine, shownAs)
  return output
}

/** The program as others see it in the list of processes. */
function noteName(machine: Machine, name: Field): void {
  const last = machine.commands.at(-1)
  if (last === undefined) return
  const { classified } = last
  const quiet = { ...classified, effects: [], nested: [] }
  machine.commands.push({
    ...last,
    fields: [name, ...last.fields.slice(1)],
    classified: quiet,
    acts: [],
    redirects: [],
  })
}

function command(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const at = fields.findIndex((field, i) => i > 0 && !/^-/.test(textOf(field.value) ?? ''))
  const asks = fields
    .slice(1, at < 0 ? undefined : at)
    .some((field) => /^-[vV]+$/.test(textOf(field.value) ?? ''))
  if (at < 0) return nothing
  if (asks) return unknown('printed-by-a-program')
  const own = copyScope(scope)
  own.functions.clear()
  const output = machine.runFields(machine, fields.slice(at), own, io)
  for (const [name, value] of own.variables) scope.variables.set(name, value)
  scope.cwd = own.cwd
  for (const [path, file] of own.files) scope.files.set(path, file)
  return output
}

function trap(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  const words = fields.slice(1).filter((field) => textOf(field.value) !== '--')
  const text = words[0] && textOf(words[0].value)
  if (words.length < 2 || text === '' || text === '-' || text?.startsWith('-') === true) return nothing
  runLater(machine, words[0], scope, io)
  return nothing
}

function runsLater(option: RegExp): Builtin {
  return (machine, fields, scope, io) => {
    const at = fields.findIndex((field) => option.test(textOf(field.value) ?? ''))
    if (at > 0) runLater(machine, fields[at + 1], scope, io)
    return nothing
  }
}

function runLater(machine: Machine, field: Field | undefined, scope: Scope, io: Io): void {
  if (field === undefined) return
  const code = {
    language: 'sh',
    text: field.value,
    how: 'kept to run later',
    span: field.span,
    inPlace: true,
    positional: undefined,
  }
  machine.runCode(machine, code, copyScope(scope), io)
}

function hash(machine: Machine, fields: readonly Field[], scope: Scope): Value {
  const at = fields.findIndex((field) => textOf(field.value) === '-p')
  const path = fields[at + 1]
  const name = textAt(fields, at + 2)
  if (at < 1 || path === undefined || name === undefined) return nothing
  scope.hashed.set(name, path.value)
  addAct(machine, 'display-deception', path.value, [])
  return nothing
}

function compute(machine: Machine, fields: readonly Field[], scope: Scope, io: Io): Value {
  for (const field of fields.slice(1)) {
    const text = textOf(field.value)
    if (text === undefined) continue
    const pair = /^([A-Za-z_]\w*)=(.*)$/s.exec(text)
    const operand = { kind: 'operand' as const, text: pair?.[2] ?? text, parts: [] }
    const value = evaluateArithmetic(operand, names(machine, scope, io))
    if (pair !== null)
      setVariable(
        scope,
        pair[1] ?? '',
        value === undefined ? unknown('not-computed') : known(value.toString()),
      )
  }
  return nothing
}

function enable(machine: Machine, fields: readonly Field[]): Value {
  const at = fields.findIndex((field) => /^-\w*f$/.test(textOf(field.value) ?? ''))
  const path = fields[at + 1]
  if (at < 1 || path === undefined) return nothing
  addAct(machine, 'exec-unknown-code', path.value, path.value.flows)
  cannotKnow(machine, 'loads-unseen-code', path.span, textOf(path.value) ?? '')
  return nothing
}
