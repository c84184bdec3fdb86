import type { Parameter, ParameterOperation, Word } from '@chaperone/shell'
import { matches } from './glob.ts'
import type { Scope } from './scope.ts'
import { concat, known, mapText, textOf, unknown, withFlows, type Value } from './value.ts'
import { elementsOf, isNeverSet, readVariable, setVariable } from './variables.ts'

/** How the words inside an expansion are read; given by the expansion of words itself. */
export interface WordReader {
  readonly text: (word: Word) => Value
  readonly pattern: (word: Word) => string | undefined
  readonly number: (word: Word) => number | undefined
  /** Runs text as prompt strings and subscripts do. */
  readonly prompt: (value: Value) => Value
}

/** What an expansion gives: one value, or several words when it is quoted. */
export type Expanded =
  | { readonly kind: 'one'; readonly value: Value }
  | { readonly kind: 'many'; readonly values: readonly Value[]; readonly joined: boolean }
  | { readonly kind: 'any'; readonly value: Value }

export function expandParameter(scope: Scope, parameter: Parameter, read: WordReader): Expanded {
  const index = parameter.index?.text
  const all = parameter.name === '@' || parameter.name === '*' || index === '@' || index === '*'
  if (parameter.indirect) return expandIndirect(scope, parameter, read)
  if (all) return expandAll(scope, parameter, read, parameter.name === '*' || index === '*')
  const value = readOne(scope, parameter, read)
  if (parameter.length) return one(mapText(value, (text) => String([...text].length)))
  const { operation } = parameter
  if (operation === undefined) return one(value)
  return one(operate(scope, parameter, value, operation, read))
}

const one = (value: Value): Expanded => ({ kind: 'one', value })

function readOne(scope: Scope, parameter: Parameter, read: WordReader): Value {
  if (parameter.index === undefined) return readVariable(scope, parameter.name)
  const elements = scope.variables.get(parameter.name)?.elements
  const key = elementKey(elements, parameter.index, read)
  if (key === undefined) return unknown('unknown-index')
  if (elements === undefined && key === '0') return readVariable(scope, parameter.name)
  return elements?.get(key) ?? unknown('never-set')
}

function elementKey(
  elements: ReadonlyMap<string, Value> | undefined,
  index: Word,
  read: WordReader,
): string | undefined {
  const text = textOf(read.text(index))
  if (text !== undefined && elements?.has(text) === true) return text
  const number = read.number(index)
  if (number === undefined) return text
  return String(number < 0 ? afterLast(elements) + number : number)
}

/** A negative index counts from the end, and arrays may have gaps. */
const afterLast = (elements: ReadonlyMap<string, Value> | undefined): number =>
  Math.max(0, ...[...(elements?.keys() ?? [])].map((key) => Number(key) + 1).filter(Number.isFinite))

function expandIndirect(scope: Scope, parameter: Parameter, read: WordReader): Expanded {
  if (parameter.operation?.kind === 'names') {
    const names = [...scope.variables.keys()].filter((name) => name.startsWith(parameter.name)).sort()
    return { kind: 'many', values: names.map((name) => known(name)), joined: false }
  }
  if (parameter.index !== undefined) {
    const keys = [...(scope.variables.get(parameter.name)?.elements?.keys() ?? [])]
    return { kind: 'many', values: keys.map((key) => known(key)), joined: false }
  }
  const name = textOf(readVariable(scope, parameter.name))
  if (name === undefined) return one(unknown('unknown-name'))
  const element = /^([A-Za-z_]\w*)\[([\w@*]+)\]$/.exec(name)
  const target = element?.[1] ?? name
  const elements = scope.variables.get(target)?.elements
  if (element?.[2] === '@' || element?.[2] === '*')
    return expandAll(scope, { ...parameter, name: target, indirect: false }, read, false)
  const value =
    element === null ? readVariable(scope, name) : (elements?.get(element[2] ?? '') ?? unknown('never-set'))
  if (parameter.operation === undefined) return one(value)
  return one(operate(scope, { ...parameter, name: target }, value, parameter.operation, read))
}

function expandAll(scope: Scope, parameter: Parameter, read: WordReader, joined: boolean): Expanded {
  const values = elementsOf(scope, parameter.name)
  if (values === undefined) return { kind: 'any', value: unknown('arguments') }
  if (parameter.length) return one(known(String(values.length)))
  const { operation } = parameter
  if (operation === undefined) return { kind: 'many', values, joined }
  if (operation.kind === 'slice') {
    const from = read.number(operation.offset)
    const count = operation.length === undefined ? values.length : read.number(operation.length)
    if (from === undefined || count === undefined) return { kind: 'any', value: unknown('unknown-index') }
    const listed = parameter.name === '@' || parameter.name === '*' ? [scope.zero, ...values] : values
    const start = from < 0 ? listed.length + from : from
    return { kind: 'many', values: listed.slice(start, start + count), joined }
  }
  if (operation.kind === 'default' && values.length === 0)
    return one(operate(scope, parameter, known(''), operation, read))
  const changed = values.map((value) => operate(scope, parameter, value, operation, read))
  return { kind: 'many', values: changed, joined }
}

function operate(
  scope: Scope,
  parameter: Parameter,
  value: Value,
  operation: ParameterOperation,
  read: WordReader,
): Value {
  switch (operation.kind) {
    case 'default':
      return withDefault(scope, parameter.name, value, operation, read)
    case 'remove':
      return removePattern(value, operation.operator, read.pattern(operation.pattern))
    case 'replace':
      return replacePattern(value, operation, read)
    case 'slice':
      return slice(
        value,
        read.number(operation.offset),
        operation.length && read.number(operation.length),
        operation.length !== undefined,
      )
    case 'case':
      return changeCase(value, operation.operator, operation.pattern && read.pattern(operation.pattern))
    case 'transform':
      return transform(value, operation.operator, read)
    case 'names':
    case 'unknown':
      return unknown('not-evaluated', value.flows)
  }
}

function withDefault(
  scope: Scope,
  name: string,
  value: Value,
  operation: Extract<ParameterOperation, { kind: 'default' }>,
  read: WordReader,
): Value {
  const { operator } = operation
  const alternative = operator.endsWith('?') ? value : read.text(operation.word)
  const neverSet = isNeverSet(scope, name)
  const empty = textOf(value) === '' && operator.startsWith(':')
  if (operator.endsWith('+')) {
    if (neverSet || empty) return known('')
    return value.kind === 'unknown' ? unknown(value.reason, alternative.flows) : alternative
  }
  if (neverSet || empty) {
    if (operator.endsWith('=')) setVariable(scope, name, alternative)
    return alternative
  }
  return value
}

function removePattern(value: Value, operator: string, pattern: string | undefined): Value {
  if (pattern === undefined) return unknown('unknown-pattern', value.flows)
  return mapText(value, (text) => {
    const lengths = Array.from({ length: text.length + 1 }, (_, i) => i)
    if (operator.length === 2) lengths.reverse()
    const fromStart = operator.startsWith('#')
    for (const length of text.length > 4096 ? [] : lengths) {
      const piece = fromStart ? text.slice(0, length) : text.slice(text.length - length)
      if (matches(piece, pattern, true))
        return fromStart ? text.slice(length) : text.slice(0, text.length - length)
    }
    return text.length > 4096 ? undefined : text
  })
}

function replacePattern(
  value: Value,
  operation: Extract<ParameterOperation, { kind: 'replace' }>,
  read: WordReader,
): Value {
  const pattern = read.pattern(operation.pattern)
  const by = read.text(operation.by)
  const replacement = textOf(by)
  if (pattern === undefined || replacement === undefined) return unknown('unknown-pattern', value.flows)
  return withFlows(
    mapText(value, (text) => replaceMatches(text, pattern, replacement, operation.operator)),
    by.flows,
  )
}

function replaceMatches(text: string, pattern: string, by: string, operator: string): string | undefined {
  if (text.length > 2048) return undefined
  if (pattern === '') return text
  let result = ''
  let at = 0
  while (at <= text.length) {
    const end =
      operator === '/%' && at < text.length
        ? longest(text, at, pattern, true)
        : longest(text, at, pattern, false)
    if (end === undefined || (end === at && operator !== '/#' && operator !== '/%')) {
      if (operator === '/#') return text
      result += text[at] ?? ''
      at += 1
      continue
    }
    result += by
    if (operator !== '//') return result + text.slice(end)
    at = end
  }
  return result
}

function longest(text: string, at: number, pattern: string, toEnd: boolean): number | undefined {
  for (let end = text.length; end >= at; end -= 1) {
    if (matches(text.slice(at, end), pattern, true)) return end
    if (toEnd) return undefined
  }
  return undefined
}

function slice(value: Value, from: number | undefined, length: number | undefined, limited: boolean): Value {
  if (from === undefined || (limited && length === undefined)) return unknown('unknown-index', value.flows)
  // The account's home folder is not known, but every path begins with a slash.
  if (value.kind === 'pattern' && from === 0 && length === 1 && /^[~/]/.test(value.pattern))
    return known('/', value.flows)
  return mapText(value, (text) => {
    const chars = [...text]
    const start = from < 0 ? chars.length + from : from
    const end = length === undefined ? chars.length : length < 0 ? chars.length + length : start + length
    return start < 0 ? '' : chars.slice(start, end).join('')
  })
}

function changeCase(value: Value, operator: string, pattern: string | undefined): Value {
  const change = (char: string) => (operator.startsWith('^') ? char.toUpperCase() : char.toLowerCase())
  const applies = (char: string) => pattern === undefined || pattern === '' || matches(char, pattern, true)
  return mapText(value, (text) =>
    [...text]
      .map((char, i) => ((operator.length === 2 || i === 0) && applies(char) ? change(char) : char))
      .join(''),
  )
}

function transform(value: Value, operator: string, read: WordReader): Value {
  switch (operator) {
    case 'U':
      return mapText(value, (text) => text.toUpperCase())
    case 'L':
      return mapText(value, (text) => text.toLowerCase())
    case 'u':
      return changeCase(value, '^', undefined)
    case 'Q':
      return mapText(value, (text) => `'${text.replaceAll("'", "'\\''")}'`)
    case 'E':
      return mapText(value, unescapeText)
    case 'P':
      return read.prompt(value)
    default:
      return unknown('not-evaluated', value.flows)
  }
}

const named: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** Escapes as in `$'…'`, `echo -e` and `printf`; `zero` also reads `\0nnn`. */
export function unescapeText(text: string, zero = false): string {
  const octal = zero ? '0?[0-7]{1,3}' : '[0-7]{1,3}'
  const escapes = new RegExp(
    `\\\\(?:(${octal})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c(.)|([\\s\\S]))`,
    'g',
  )
  return text.replace(
    escapes,
    (whole: string, o?: string, x?: string, u?: string, w?: string, c?: string, n?: string) => {
      if (o !== undefined) return String.fromCharCode(Number.parseInt(o, 8) & 255)
      const hex = x ?? u ?? w
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16)
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole
      }
      if (c !== undefined) return String.fromCharCode(c.charCodeAt(0) & 31)
      return named[n ?? ''] ?? whole
    },
  )
}

/** Joins values with the first character of IFS, as `"$*"` does. */
export function joinValues(values: readonly Value[], separator: string): Value {
  return values.reduce<Value>(
    (all, value, i) => concat(all, i === 0 ? value : concat(known(separator), value)),
    known(''),
  )
}
