import type { Nested } from '../knowledge/shape.ts'
import { kindsOfPath } from '../places/places.ts'
import { wellKnownMatches } from '../places/well-known.ts'
import { splitText } from './expand.ts'
import { hasGlob } from './glob.ts'
import { caps, type Field, type Io, type Machine, type ResolvedCommand } from './machine.ts'
import { absolute, baseName } from './paths.ts'
import type { Scope } from './scope.ts'
import { copyScope } from './scope.ts'
import { addAct, runScriptFile } from './script-file.ts'
import {
  concat,
  escapePattern,
  known,
  mark as unknownMark,
  oneOf,
  pattern,
  textOf,
  unknown,
  unmarked,
  withFlows,
  type Value,
} from './value.ts'

/** Follows what a program runs in turn; gives what that prints, when it is the program's own output. */
export function runNested(
  machine: Machine,
  command: ResolvedCommand,
  scope: Scope,
  io: Io,
): Value | undefined {
  let output: Value | undefined
  const name = textOf((command.fields[0] as Field).value) ?? ''
  for (const nested of command.classified.nested) {
    const inside: Io = {
      ...io,
      via: [...io.via, nested.elsewhere === undefined ? name : `${name} on ${nested.elsewhere}`],
    }
    const own = nested.elsewhere === undefined ? scope : elsewhere(scope)
    const printed = runOne(machine, nested, command, own, inside)
    output = output === undefined ? printed : concat(output, printed)
  }
  return output ?? runNamedShell(machine, command, scope, io)
}

const shellPath = /^\/(usr\/)?(local\/)?bin\/(ba|da|z|k|c|tc|fi)?sh$/
const asSetting = /^(-s|--shell|-S|UserShell|SHELL|shell|--login-shell|-shell)$/

/** A program that is not modelled and is told to run a shell: what the shell is given is followed. */
function runNamedShell(machine: Machine, command: ResolvedCommand, scope: Scope, io: Io): Value | undefined {
  if (command.classified.tier === 'modelled') return undefined
  const at = command.fields.findIndex(
    (field, i) =>
      i > 0 &&
      shellPath.test(textOf(field.value) ?? '') &&
      !asSetting.test(textOf((command.fields[i - 1] as Field).value) ?? ''),
  )
  if (at < 0) return undefined
  const name = textOf((command.fields[0] as Field).value) ?? ''
  if (
    /^(echo|printf|which|ls|file|ldd|dpkg|rpm|type|command|whereis|stat|getent|grep|test|\[|chsh|cat|cp|ln|md5sum|readlink|strings|useradd|adduser|usermod|pw|dscl)$/.test(
      name,
    )
  )
    return undefined
  return machine.runFields(machine, command.fields.slice(at), scope, { ...io, via: [...io.via, name] })
}

/** Another host or container has files and variables of its own. */
function elsewhere(scope: Scope): Scope {
  const own = copyScope(scope)
  own.files.clear()
  own.variables.clear()
  own.functions.clear()
  own.variables.set('HOME', { value: pattern('~', 'home-folder'), elements: undefined, exported: true })
  own.cwd = unknown('working-folder')
  return own
}

function runOne(machine: Machine, nested: Nested, command: ResolvedCommand, scope: Scope, io: Io): Value {
  switch (nested.kind) {
    case 'command':
      return runCommandWords(machine, nested, command, scope, io)
    case 'code': {
      const value = codeValue(nested, command)
      const positional = nested.parameters.map((index) => valueAt(command, index))
      const span = (command.fields[nested.word] ?? (command.fields[0] as Field)).span
      const how = `handed to ${io.via.at(-1) ?? 'a program'}`
      const language = nested.language === 'other' ? ownLanguage(command) : nested.language
      return machine.runCode(
        machine,
        { language, text: value, how, span, inPlace: false, positional },
        scope,
        io,
      )
    }
    case 'script': {
      const parameters = nested.parameters.map((index) => valueAt(command, index))
      const field = command.fields[nested.word] ?? (command.fields[0] as Field)
      const path =
        nested.path === null ? field.value : unmarked(nested.path, 'partly-known', field.value.flows)
      return runScriptFile(
        machine,
        { path, language: nested.language, span: field.span, parameters },
        scope,
        io,
      )
    }
    case 'code-from-stdin':
      return runStdin(machine, nested.language, command, scope, io)
  }
}

/** An interpreter without a language of its own in the knowledge is named after its program. */
const ownLanguage = (command: ResolvedCommand): string => {
  const name = baseName(textOf((command.fields[0] as Field).value) ?? '')
  return /^lua/.test(name) ? 'lua' : name
}

const valueAt = (command: ResolvedCommand, index: number): Value =>
  command.fields[index]?.value ?? unknown('argument')

function codeValue(nested: Extract<Nested, { kind: 'code' }>, command: ResolvedCommand): Value {
  if (nested.text !== null && !nested.text.includes(unknownMark)) {
    const flows = nested.words.flatMap((index) => valueAt(command, index).flows)
    return known(nested.text, flows)
  }
  const values = nested.words.map((index) => valueAt(command, index))
  return values.reduce((all, value, i) => concat(all, i === 0 ? value : concat(known(' '), value)), known(''))
}

function runStdin(machine: Machine, language: string, command: ResolvedCommand, scope: Scope, io: Io): Value {
  const span = (command.fields[0] as Field).span
  if (command.stdin === undefined) {
    addAct(machine, 'spawn-shell', known(language), [])
    return unknown('printed-by-a-program')
  }
  const code = {
    language,
    text: command.stdin,
    how: 'read from standard input',
    span,
    inPlace: false,
    positional: [],
  }
  return machine.runCode(machine, code, scope, { ...io, stdin: undefined })
}

function runCommandWords(
  machine: Machine,
  nested: Extract<Nested, { kind: 'command' }>,
  command: ResolvedCommand,
  scope: Scope,
  io: Io,
): Value {
  const filled = nested.input === undefined ? undefined : inputOf(nested, command, scope)
  const fields = nested.words.flatMap((word, i) =>
    fieldsFor(word, nested.from + i, command, nested.input?.mark, filled),
  )
  if (nested.input?.how === 'append' && filled !== undefined) fields.push(...appended(filled, command))
  const first = command.fields[nested.from] ?? (command.fields[0] as Field)
  const last = command.fields[Math.max(nested.from, nested.to - 1)] ?? first
  const span = { start: first.span.start, end: Math.max(first.span.end, last.span.end) }
  if (fields.length === 0) return known('')
  return machine.runFields(machine, fields, scope, { ...io, span: io.span ?? span })
}

function fieldsFor(
  word: string | null,
  index: number,
  command: ResolvedCommand,
  mark: string | undefined,
  filled: readonly Value[] | undefined,
): Field[] {
  const at = command.fields[index]
  const field = at ?? { ...(command.fields[0] as Field), loose: false }
  const text = at && textOf(at.value)
  const value =
    word === null || word.includes(unknownMark)
      ? (at?.value ?? unknown('argument'))
      : known(word, text === word ? at?.value.flows : [])
  if (mark === undefined || filled === undefined || word?.includes(mark) !== true)
    return [{ ...field, value }]
  if (word === mark) return filled.map((one) => ({ ...field, value: one, loose: false }))
  const pieces = word.split(mark)
  const only = filled.length === 1 ? (filled[0] as Value) : oneOf(filled.map((one) => textOf(one) ?? ''))
  const whole = pieces
    .slice(1)
    .reduce<Value>((all, piece) => concat(concat(all, only), known(piece)), known(pieces[0] ?? ''))
  return [{ ...field, value: whole }]
}

const appended = (values: readonly Value[], command: ResolvedCommand): Field[] =>
  values.map((value) => ({
    value,
    span: (command.fields[0] as Field).span,
    typed: '',
    loose: value.kind !== 'known',
  }))

/** The words that a program like `xargs` or `find` puts into the command it runs. */
function inputOf(
  nested: Extract<Nested, { kind: 'command' }>,
  command: ResolvedCommand,
  scope: Scope,
): readonly Value[] {
  if (nested.under !== undefined) return found(nested.under, command, scope)
  const stdin = command.stdin
  const text = stdin && textOf(stdin)
  if (stdin === undefined) return [unknown('standard-input')]
  if (text === undefined) return [unknown('one-of-the-input', stdin.flows)]
  const lines =
    nested.input?.how === 'fill' ? text.split('\n') : splitText(text.replace(/["'\0]/g, ' '), ' \t\n')
  return lines
    .filter((line) => line !== '')
    .slice(0, caps.fields)
    .map((line) => known(line, stdin.flows))
}

/** Tests that leave most files alone. */
const filters =
  /^-(i?name|i?path|regex|iregex|[mca](time|min)|size|newer\w*|user|group|empty|maxdepth|perm|inum|nouser)$/

const nameTests = new Set(['-name', '-iname', '-path', '-wholename', '-ipath'])

/** What `find` finds: paths below the given ones, with the name it looks for. */
function found(under: readonly (string | null)[], command: ResolvedCommand, scope: Scope): readonly Value[] {
  const words = command.fields.map((field) => textOf(field.value))
  const tests = words.flatMap((word, i) => (word !== undefined && nameTests.has(word) ? [words[i + 1]] : []))
  const negated = words.includes('!') || words.includes('-not')
  const name = tests.length === 1 && !negated ? tests[0] : undefined
  const filtered = words.some((word) => word !== undefined && filters.test(word))
  const depth = words.indexOf('-maxdepth')
  const itself = depth >= 0 && words[depth + 1] === '0'
  return under.map((path) => belowOf(path, itself ? '' : (name ?? (filtered ? '**/*' : '**')), scope))
}

function belowOf(path: string | null, name: string, scope: Scope): Value {
  if (path === null) return unknown('found-files')
  const start = absolute(known(path), scope)
  const base =
    start.kind === 'known'
      ? escapePattern(start.text.replace(/\/$/, ''))
      : start.kind === 'pattern'
        ? start.pattern
        : '**'
  if (name === '' || isSecret(start)) return start
  const text =
    name.startsWith('/') || name === '**'
      ? `${base}/**`
      : name === '**/*'
        ? `${base}/${name}`
        : `${base}/**/${name}`
  const both = [text, `${base}/${name}`]
  const exact = hasGlob(name) ? undefined : known(`${base}/${name}`, [{ kind: 'glob', of: text }])
  if (exact !== undefined && isSecret(exact)) return exact
  const matched = name.startsWith('**') ? [] : both.flatMap(wellKnownMatches)
  if (!hasGlob(name) || matched.length > 0) {
    const direct = matched[0] ?? undefined
    if (direct !== undefined) return withFlows(known(direct), [{ kind: 'glob', of: text }])
  }
  return pattern(text, 'found-files')
}

/** A file that matters by itself is found as what it is. */
const isSecret = (value: Value): boolean =>
  value.kind === 'known' &&
  kindsOfPath(value.text).some((kind) => kind === 'credential' || kind === 'accounts')

/** A text that holds values which are not known: each stands in it as a variable that is never set. */
export function withPlaceholders(value: Value): string | undefined {
  if (value.kind !== 'pattern') return undefined
  if (value.flows.some((flow) => flow.kind === 'network' || flow.kind === 'file' || flow.kind === 'input'))
    return undefined
  let count = 0
  return value.pattern.replace(/\\([\\*?[\]])|\*\*|\*|\?/g, (whole: string, escaped?: string) => {
    if (escaped !== undefined) return escaped
    if (whole !== '**') return whole
    count += 1
    return `$_not_known_${count}`
  })
}
