import { clusterOf, isDigit, longOption, openOption, optionOf } from './find-option.ts'
import type { Argument, Option, Scope } from './scope.ts'

export type Words = readonly (string | null)[]

/** What an option was given. `start` is where in the word it begins; `to` is past its last word. */
export interface Given {
  readonly argument: Argument
  readonly word: number
  readonly start: number
  readonly to: number
  readonly value: string | null
}

/** One use of an option. */
export interface Use {
  readonly option: Option
  readonly name: string
  readonly word: number
  readonly given: readonly Given[]
  /** No operand stood before it. */
  readonly early: boolean
}

/** An argv sorted into what its grammar says. */
export interface Walk {
  readonly words: Words
  scope: Scope
  at: number
  ended: boolean
  readonly path: { readonly word: number; readonly name: string; readonly scope: Scope }[]
  readonly uses: Use[]
  readonly operands: number[]
  readonly ends: number[]
  readonly unknown: number[]
  /** Sub-commands that are not known, among `unknown`. */
  readonly strangers: number[]
}

/** Sorts the words after the program into options with their arguments, sub-commands and operands. */
export function walk(scope: Scope, words: Words): Walk {
  const state: Walk = {
    words,
    scope,
    at: 1,
    ended: scope.parse.none === true,
    path: [],
    uses: [],
    operands: [],
    ends: [],
    unknown: [],
    strangers: [],
  }
  if (scope.parse.bundle === true) readBundle(state)
  while (state.at < words.length) readWord(state)
  return state
}

function readWord(state: Walk): void {
  const word = state.words[state.at]
  if (word === null || word === undefined || state.ended) return takeOperand(state)
  if (word === '--') return end(state)
  if (readExact(state, word) || readLong(state, word) || readDashed(state, word) || readOpen(state, word))
    return
  if (word.length > 1 && word.startsWith('-') && state.scope.parse.literal !== true) return stranger(state)
  takeOperand(state)
}

function end(state: Walk): void {
  state.ends.push(state.at)
  state.ended = true
  state.at += 1
}

function stranger(state: Walk): void {
  state.unknown.push(state.at)
  state.at += 1
}

function readExact(state: Walk, word: string): boolean {
  const option = optionOf(state.scope, word)
  // `if=file` is a name of its own and is never followed by its value.
  if (option === undefined || (isKey(state, word) && option.args.length > 0)) return false
  use(state, option, word, state.at, undefined)
  return true
}

function isKey(state: Walk, word: string): boolean {
  return state.scope.parse.keys === true && !word.startsWith('-')
}

function readLong(state: Walk, word: string): boolean {
  if (!word.startsWith('--')) return false
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  const option = longOption(state.scope, name)
  if (option === undefined) return false
  use(state, option, name, state.at, equals < 0 ? undefined : equals + 1)
  return true
}

function readDashed(state: Walk, word: string): boolean {
  const first = word.charAt(0)
  if (word.length < 2 || (first !== '-' && !(first === '+' && state.scope.parse.plus === true))) return false
  if (word.startsWith('--')) return false
  const number = openOption(state.scope, '-#')
  if (number !== undefined && first === '-' && isDigit(word.charCodeAt(1))) {
    use(state, number, '-#', state.at, 1)
    return true
  }
  return readNamed(state, word) || (state.scope.parse.clusters !== false && readCluster(state, word, first))
}

/** `-name=value`, where names are longer than one letter. */
function readNamed(state: Walk, word: string): boolean {
  const equals = word.indexOf('=')
  if (state.scope.parse.words !== true || equals < 0) return false
  const option = optionOf(state.scope, word.slice(0, equals))
  if (option === undefined) return false
  use(state, option, word.slice(0, equals), state.at, equals + 1)
  return true
}

function readCluster(state: Walk, word: string, first: string): boolean {
  const found = clusterOf(state.scope, word, first)
  if (found === undefined) return false
  const { at } = state
  for (const [option, name, start] of found)
    use(state, option, name, at, start < word.length ? start : undefined)
  return true
}

/** `tar xzf archive`: letters first, then an argument for each that takes one. */
function readBundle(state: Walk): void {
  const word = state.words[1]
  if (typeof word !== 'string' || word === '' || word.startsWith('-')) return
  const options = Array.from(word, (letter) => optionOf(state.scope, `-${letter}`))
  if (options.includes(undefined)) return
  state.at = 2
  for (const option of options) {
    if (option === undefined) continue
    const given = option.optional ? [] : givenTo(state, option)
    state.uses.push({ option, name: option.names[0] ?? '', word: 1, given, early: true })
  }
}

function readOpen(state: Walk, word: string): boolean {
  const [option, start] = openFor(state, word)
  if (option === undefined) return false
  use(state, option, option.names[0] ?? '', state.at, start)
  return true
}

/** Where the value of an option begins that nobody listed; `undefined`: it is the next word. */
function guessed(state: Walk, word: string): number | undefined {
  const next = state.words[state.at + 1]
  const takesNext = state.scope.parse.guess === true && !word.includes('=') && next?.startsWith('-') === false
  return takesNext ? undefined : 1
}

function openFor(state: Walk, word: string): [Option | undefined, number | undefined] {
  const { scope } = state
  if (word.length > 1 && word.startsWith('-')) return [openOption(scope, '-*'), guessed(state, word)]
  if (word.length > 1 && word.startsWith('+')) return [openOption(scope, '+*'), 1]
  const equals = word.indexOf('=')
  if (equals <= 0) return [undefined, 0]
  const named = scope.parse.keys === true ? optionOf(scope, word.slice(0, equals)) : undefined
  if (named !== undefined) return [named, equals + 1]
  return [isName(word, equals) ? openOption(scope, '*=') : undefined, equals + 1]
}

function isName(word: string, end: number): boolean {
  for (let i = 0; i < end; i += 1) {
    const code = word.charCodeAt(i)
    const fits =
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      '_.-/+'.includes(word.charAt(i)) ||
      isDigit(code)
    if (!fits) return false
  }
  return true
}

/** Notes an option; `start` is where in its word its value begins. */
function use(state: Walk, option: Option, name: string, word: number, start: number | undefined): void {
  const early = state.operands.length === 0
  state.at = word + 1
  const text = state.words[word]
  if (option.args.length === 0) state.uses.push({ option, name, word, given: [], early })
  else if (start !== undefined && typeof text === 'string') {
    const first = option.args[0] ?? { role: 'text', until: false }
    const attached = { argument: first, word, start, to: word + 1, value: text.slice(start) }
    state.uses.push({ option, name, word, given: [attached, ...givenTo(state, option, 1)], early })
  } else if (option.optional) state.uses.push({ option, name, word, given: [], early })
  else state.uses.push({ option, name, word, given: givenTo(state, option), early })
}

function givenTo(state: Walk, option: Option, from = 0): readonly Given[] {
  const given: Given[] = []
  for (const argument of option.args.slice(from)) {
    if (state.at >= state.words.length) break
    const word = state.at
    state.at = argument.role === 'command' ? endOfCommand(state, argument) : word + 1
    given.push({ argument, word, start: 0, to: state.at, value: state.words[word] ?? null })
    // The `;` after `-exec command` belongs to it.
    if (argument.until && state.at < state.words.length) state.at += 1
  }
  return given
}

function endOfCommand(state: Walk, argument: Argument): number {
  if (!argument.until) return state.words.length
  for (let i = state.at; i < state.words.length; i += 1) {
    const word = state.words[i]
    if (word === ';' || (word === '+' && state.words[i - 1] === '{}')) return i
  }
  return state.words.length
}

function takeOperand(state: Walk): void {
  const word = state.words[state.at]
  const sub = state.operands.length === 0 && state.scope.subcommands !== undefined
  if (sub && descend(state, word ?? null)) return
  state.operands.push(state.at)
  state.at += 1
  const { stop } = state.scope.parse
  if (stop !== undefined && state.operands.length >= stop) state.ended = true
}

function descend(state: Walk, word: string | null): boolean {
  const next = word === null ? undefined : subCommand(state.scope, word)
  if (next === undefined || word === null) {
    if (state.scope.operands.length > 0 || state.scope.modes.some((mode) => mode.operands !== undefined))
      return false
    state.unknown.push(state.at)
    state.strangers.push(state.at)
    state.at += 1
    // What follows an unknown sub-command is not for this scope to sort.
    state.scope = { ...state.scope, subcommands: undefined }
    return true
  }
  state.path.push({ word: state.at, name: word, scope: next })
  state.scope = next
  state.ended = next.parse.none === true
  state.at += 1
  return true
}

function subCommand(scope: Scope, word: string): Scope | undefined {
  const subs = scope.subcommands
  if (subs === undefined) return undefined
  const exact = subs.exact.get(word)
  if (exact !== undefined) return exact()
  for (const [start, next] of subs.begins) if (word.startsWith(start)) return next()
  if (scope.parse.short !== true || word === '') return undefined
  for (const [name, next] of subs.exact) if (name.startsWith(word)) return next()
  return undefined
}
