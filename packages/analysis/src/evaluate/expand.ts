import { parseBash, type Arithmetic, type Part, type Word } from '@chaperone/shell'
import { evaluateArithmetic, type Names } from './arithmetic.ts'
import { hasGlob } from './glob.ts'
import { cannotKnow, caps, placeOf, type Field, type Io, type Machine } from './machine.ts'
import { expandParameter, joinValues, type Expanded, type WordReader } from './parameter.ts'
import { mergeInto, copyScope, type Scope } from './scope.ts'
import { readVariable, setVariable } from './variables.ts'
import { wellKnownMatches } from '../places/well-known.ts'
import {
  concat,
  escapePattern,
  known,
  mapText,
  pattern,
  textOf,
  textsOf,
  unknown,
  withFlows,
  type Value,
} from './value.ts'

/** Expands a word of a command to its fields: braces, tilde, parameters, substitutions, splitting, names. */
export function expandWord(machine: Machine, word: Word, scope: Scope, io: Io): readonly Field[] {
  const only = word.parts[0]
  const span = placeOf(word.span, io)
  if (word.parts.length === 1 && only?.kind === 'text')
    return [{ value: known(only.text), span, typed: word.text, loose: false }]
  const fields: Field[] = []
  for (const parts of expandBraces(word.parts, machine, io)) {
    machine.budget.fields -= 1
    if (machine.budget.fields < 0) {
      cannotKnow(machine, 'too-many-words', span)
      break
    }
    const builder = newBuilder()
    for (const part of parts) addPart(builder, part, parts.length > 1, machine, scope, io)
    flush(builder, false)
    for (const piece of builder.done) fields.push(...finish(piece, word, span, scope))
  }
  return fields.slice(0, caps.fields)
}

export function expandWords(
  machine: Machine,
  words: readonly Word[],
  scope: Scope,
  io: Io,
): readonly Field[] {
  return words.flatMap((word) => expandWord(machine, word, scope, io))
}

/** Expands a word where it is not split: assignments, redirections, `case`, here-strings. */
export function expandWhole(machine: Machine, word: Word, scope: Scope, io: Io): Value {
  let value = known('')
  for (const part of word.parts) value = concat(value, wholePart(part, machine, scope, io))
  return value
}

function wholePart(part: Part, machine: Machine, scope: Scope, io: Io): Value {
  if (part.kind === 'text') return known(part.text)
  if (part.kind === 'glob') return known(part.pattern)
  if (part.kind === 'brace') return known(part.text)
  if (part.kind === 'tilde') return home(part.user, scope)
  const expanded = expandPart(part, machine, scope, io)
  if (expanded.kind === 'many') return joinValues(expanded.values, separator(scope))
  return expanded.value
}

/** The pattern that a word is in `case` and `${x#…}`: quoted characters stand for themselves. */
export function expandPattern(machine: Machine, word: Word, scope: Scope, io: Io): string | undefined {
  let text = ''
  for (const part of word.parts) {
    if (part.kind === 'glob') text += part.pattern
    else {
      const value = textOf(wholePart(part, machine, scope, io))
      if (value === undefined) return undefined
      const active = part.kind === 'parameter' && !part.quoted
      text += active ? value : escapePattern(value)
    }
  }
  return text
}

function* expandBraces(parts: readonly Part[], machine: Machine, io: Io): Generator<readonly Part[]> {
  const at = parts.findIndex((part) => part.kind === 'brace')
  const brace = parts[at]
  if (brace?.kind !== 'brace') {
    yield parts
    return
  }
  if (brace.alternatives.length === 0) cannotKnow(machine, 'too-many-words', placeOf(brace.span, io))
  for (const alternative of brace.alternatives) {
    if (machine.budget.fields < 0) return
    yield* expandBraces([...parts.slice(0, at), ...alternative, ...parts.slice(at + 1)], machine, io)
  }
}

interface Piece {
  readonly value: Value
  readonly glob: string | undefined
  readonly loose: boolean
}

interface Builder {
  value: Value
  glob: string | undefined
  /** Something stands in it, be it an empty quoted text. */
  present: boolean
  loose: boolean
  readonly done: Piece[]
}

const newBuilder = (): Builder => ({
  value: known(''),
  glob: undefined,
  present: false,
  loose: false,
  done: [],
})

function flush(builder: Builder, always: boolean): void {
  if (builder.present || always) {
    const { value, glob, loose } = builder
    builder.done.push({ value, glob, loose })
  }
  builder.value = known('')
  builder.glob = undefined
  builder.present = false
  builder.loose = false
}

function append(builder: Builder, value: Value, globbing: string | undefined): void {
  if (globbing !== undefined) builder.glob = (builder.glob ?? globText(builder.value)) + globbing
  else if (builder.glob !== undefined) builder.glob += globText(value)
  builder.value = concat(builder.value, value)
  builder.present = true
}

function globText(value: Value): string {
  if (value.kind === 'known') return escapePattern(value.text)
  return value.kind === 'pattern' ? value.pattern : '**'
}

function addPart(builder: Builder, part: Part, among: boolean, machine: Machine, scope: Scope, io: Io): void {
  if (part.kind === 'text') return append(builder, known(part.text), undefined)
  if (part.kind === 'glob') return append(builder, known(part.pattern), part.pattern)
  if (part.kind === 'tilde') return append(builder, home(part.user, scope), undefined)
  if (part.kind === 'brace') return append(builder, known(part.text), undefined)
  const expanded = expandPart(part, machine, scope, io)
  const quoted = part.kind === 'process' || part.quoted
  if (quoted) return addQuoted(builder, expanded, scope)
  if (expanded.kind === 'any' && among) return
  const values = expanded.kind === 'many' ? expanded.values : [expanded.value]
  values.forEach((value, i) => {
    if (i > 0) flush(builder, false)
    addSplit(builder, value, among && isEmptyArgument(part, value), scope)
  })
}

/** `c$1at`: the step has no arguments, so between other characters a missing one is nothing. */
const isEmptyArgument = (part: Part, value: Value): boolean =>
  part.kind === 'parameter' && /^[1-9@*]$/.test(part.parameter.name) && value.kind === 'unknown'

function addQuoted(builder: Builder, expanded: Expanded, scope: Scope): void {
  if (expanded.kind === 'any') {
    append(builder, expanded.value, undefined)
    builder.loose = true
    return
  }
  if (expanded.kind === 'one') return append(builder, expanded.value, undefined)
  if (expanded.joined) return append(builder, joinValues(expanded.values, separator(scope)), undefined)
  expanded.values.forEach((value, i) => {
    if (i > 0) flush(builder, true)
    append(builder, value, undefined)
  })
}

function addSplit(builder: Builder, value: Value, nothing: boolean, scope: Scope): void {
  if (nothing) return
  const ifs = textOf(readVariable(scope, 'IFS')) ?? ' \t\n'
  const text = textOf(value)
  if (text === undefined) {
    append(builder, value, undefined)
    const texts = textsOf(value)
    builder.loose = texts === undefined || texts.some((one) => [...one].some((char) => ifs.includes(char)))
    return
  }
  const pieces = splitText(text, ifs)
  pieces.forEach((piece, i) => {
    if (i > 0) flush(builder, false)
    if (piece === '') return
    append(builder, known(piece, value.flows), hasGlob(piece) ? piece : undefined)
  })
}

/** Splits as the shell does: blanks of IFS together, other separators each on their own. */
export function splitText(text: string, ifs: string): readonly string[] {
  if (ifs === '') return [text]
  const blank = (char: string) => ifs.includes(char) && ' \t\n'.includes(char)
  const pieces: string[] = []
  let piece = ''
  let open = false
  for (const char of text) {
    if (!ifs.includes(char)) {
      piece += char
      open = true
    } else if (!blank(char) || open) {
      pieces.push(piece)
      piece = ''
      open = false
    } else if (pieces.length === 0 && piece === '') pieces.push('')
  }
  pieces.push(piece)
  return pieces
}

function finish(piece: Piece, word: Word, span: Field['span'], scope: Scope): readonly Field[] {
  const field = { span, typed: word.text, loose: piece.loose }
  if (piece.glob === undefined) return [{ ...field, value: piece.value }]
  const flows = [...piece.value.flows, { kind: 'glob' as const, of: word.text }]
  const cwd = piece.glob.startsWith('/') ? undefined : textOf(scope.cwd)
  const base = cwd === undefined ? '' : `${cwd.replace(/\/$/, '')}/`
  const matched = wellKnownMatches(escapePattern(base) + piece.glob).map((path) => path.slice(base.length))
  if (matched.length > 0) return matched.map((text) => ({ ...field, value: known(text, flows) }))
  return [{ ...field, value: pattern(piece.glob, 'names-on-the-target', flows), loose: true }]
}

function home(user: string, scope: Scope): Value {
  if (user === '') return readVariable(scope, 'HOME')
  if (user === '+') return scope.cwd
  if (user === '-') return readVariable(scope, 'OLDPWD')
  return known(user === 'root' ? '/root' : `/home/${user}`)
}

const separator = (scope: Scope): string => textOf(readVariable(scope, 'IFS'))?.slice(0, 1) ?? ' '

type ExpandingPart = Extract<Part, { kind: 'parameter' | 'command' | 'arithmetic' | 'process' }>

function expandPart(part: ExpandingPart, machine: Machine, scope: Scope, io: Io): Expanded {
  switch (part.kind) {
    case 'parameter':
      return expandParameter(scope, part.parameter, reader(machine, scope, io))
    case 'command':
      return { kind: 'one', value: substitute(part, machine, scope, io) }
    case 'arithmetic': {
      const value = part.expression && evaluateArithmetic(part.expression, names(machine, scope, io))
      const result = value === undefined ? unknown('not-computed') : known(value.toString())
      return { kind: 'one', value: result }
    }
    case 'process':
      return { kind: 'one', value: processSubstitution(part, machine, scope, io) }
  }
}

function substitute(
  part: { readonly script: Extract<Part, { kind: 'command' }>['script']; readonly span: Part['span'] },
  machine: Machine,
  scope: Scope,
  io: Io,
): Value {
  const inside: Io = { ...io, stdin: undefined, sink: 'captured', sinkPlace: undefined }
  const output = machine.runScript(machine, part.script, copyScope(scope), inside)
  return mapText(output, (text) => text.replace(/\n+$/, ''))
}

/** `<(…)` is a file whose content is what the commands print; `>(…)` one that feeds them. */
function processSubstitution(
  part: Extract<Part, { kind: 'process' }>,
  machine: Machine,
  scope: Scope,
  io: Io,
): Value {
  const path = `/dev/fd/p${part.span.start}`
  if (part.direction === 'write') {
    const inside: Io = { ...io, stdin: unknown('written-to-it'), sink: 'shown' }
    machine.runScript(machine, part.script, copyScope(scope), inside)
    return known(path)
  }
  const inside: Io = { ...io, stdin: undefined, sink: 'captured', sinkPlace: undefined }
  const content = machine.runScript(machine, part.script, copyScope(scope), inside)
  scope.files.set(path, { content, executable: false })
  return known(path, content.flows)
}

function reader(machine: Machine, scope: Scope, io: Io): WordReader {
  return {
    text: (word) => expandWhole(machine, word, scope, io),
    pattern: (word) => expandPattern(machine, word, scope, io),
    number: (word) => numberOfWord(machine, word, scope, io),
    prompt: (value) => runPrompt(machine, value, scope, io),
  }
}

function numberOfWord(machine: Machine, word: Word, scope: Scope, io: Io): number | undefined {
  const text = textOf(expandWhole(machine, word, scope, io))?.trim()
  if (text === undefined) return undefined
  const operand: Arithmetic = { kind: 'operand', text, parts: [] }
  const simple = evaluateArithmetic(operand, names(machine, scope, io))
  if (simple !== undefined) return Number(simple)
  const sum = /^(-?\w+)\s*([-+*])\s*(\w+)$/.exec(text)
  if (sum === null) return undefined
  const of = (side: string): Arithmetic => ({ kind: 'operand', text: side, parts: [] })
  const parsed: Arithmetic = {
    kind: 'binary',
    operator: sum[2] ?? '+',
    left: of(sum[1] ?? ''),
    right: of(sum[3] ?? ''),
  }
  const value = evaluateArithmetic(parsed, names(machine, scope, io))
  return value === undefined ? undefined : Number(value)
}

export function names(machine: Machine, scope: Scope, io: Io): Names {
  return {
    text: (operand) => {
      if (operand.parts.length === 0) return subscript(operand.text, machine, scope, io)
      let value = known('')
      for (const part of operand.parts) value = concat(value, wholePart(part, machine, scope, io))
      return textOf(value)
    },
    read: (name) => textOf(readVariable(scope, name)),
    assign: (name, value) => {
      if (/^[A-Za-z_]\w*$/.test(name))
        setVariable(scope, name, value === undefined ? unknown('not-computed') : known(value))
    },
    substitute: (part) => {
      const span = part.script.span
      return textOf(substitute({ script: part.script, span }, machine, scope, io))
    },
  }
}

/** `a[$(x)]` in arithmetic runs what stands in the subscript, also when it comes out of a variable. */
function subscript(text: string, machine: Machine, scope: Scope, io: Io): string | undefined {
  const inside = /^[A-Za-z_]\w*\[(.*)\]$/s.exec(text)?.[1]
  if (inside === undefined) return text
  if (/[$`]/.test(inside)) runPrompt(machine, known(inside), scope, io)
  const element = scope.variables.get(text.slice(0, text.indexOf('[')))?.elements?.get(inside)
  return element && textOf(element)
}

/** Text that is expanded again as if it stood in double quotes: prompts, `@P`, subscripts. */
export function runPrompt(machine: Machine, value: Value, scope: Scope, io: Io): Value {
  const text = textOf(value)
  const span = io.span ?? { start: 0, end: 0 }
  if (text === undefined) {
    if (value.kind === 'unknown') cannotKnow(machine, 'code-from-unknown-value', span)
    return value
  }
  if (!/[$`]/.test(text)) return value
  const parsed = parseBash(`: <<_prompt_\n${text}\n_prompt_`)
  const command = parsed.script.statements[0]?.command
  if (parsed.errors.length > 0 || command?.kind !== 'simple') cannotKnow(machine, 'syntax', span)
  const target = command?.redirects[0]?.target
  if (target === undefined) return unknown('not-evaluated', value.flows)
  const expanded = expandWhole(machine, target, scope, { ...io, span })
  return withFlows(
    mapText(expanded, (one) => one.replace(/\n$/, '')),
    value.flows,
  )
}

/** Runs something that may or may not happen. */
export function maybe(scope: Scope, run: (branch: Scope) => void): void {
  const branch = copyScope(scope)
  branch.cwd = scope.cwd
  run(branch)
  mergeInto(scope, branch)
}
