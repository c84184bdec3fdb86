import type { CodeFact, CodeReading } from './read-code.ts'
import { foldTokens } from './fold-tokens.ts'
import { scriptLanguages, type CallKind, type ScriptLanguage } from './script-languages.ts'
import { tokenize, type Token } from './tokens.ts'

interface Found {
  readonly facts: CodeFact[]
  readonly commands: string[]
  readonly scripts: string[]
  readonly printed: string[]
  constantPrints: boolean
  understood: boolean
}

/** Reads a program in a scripting language: the calls that reach outside, and whether all others are harmless. */
export function readScript(languageName: string, text: string, depth = 0): CodeReading | undefined {
  const language = Object.hasOwn(scriptLanguages, languageName) ? scriptLanguages[languageName] : undefined
  if (language === undefined) return undefined
  const tokens = foldTokens(tokenize(text, language.lexis))
  const found: Found = {
    facts: [],
    commands: [],
    scripts: [],
    printed: [],
    constantPrints: true,
    understood: true,
  }
  tokens.forEach((token, at) => {
    if (token.kind === 'command') found.commands.push(token.text)
    else if (token.kind === 'name') readName(token.text, at, tokens, language, found)
    else if (token.kind === 'string') readNamedString(token, at, tokens, language, found)
  })
  const carried = depth < 4 ? carriedCode(tokens, language) : []
  for (const inner of carried) addCarried(readScript(languageName, inner, depth + 1), found)
  const printed = found.constantPrints && found.printed.length > 0 ? found.printed.join('') : undefined
  const { facts, commands, scripts, understood } = found
  return { facts, commands, scripts, printed, understood }
}

function addCarried(inner: CodeReading | undefined, found: Found): void {
  if (inner === undefined) return
  found.facts.push({ type: 'obfuscation', place: undefined }, ...inner.facts)
  found.commands.push(...inner.commands)
  found.scripts.push(...inner.scripts)
  if (!inner.understood) found.understood = false
}

/** Constant programs inside the program: `exec("…")`. */
function carriedCode(tokens: readonly Token[], language: ScriptLanguage): readonly string[] {
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'name' || kindOf(token.text, language) !== 'code') return []
    const first = argumentsAt(tokens, at + 1, language)[0]
    return first?.length === 1 && first[0]?.kind === 'string' && !first[0].dynamic ? [first[0].text] : []
  })
}

const kindOf = (name: string, language: ScriptLanguage): CallKind | undefined =>
  language.calls.find(([pattern]) => pattern.test(name.replace(/^@/, '')))?.[1]

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text

function readName(
  name: string,
  at: number,
  tokens: readonly Token[],
  language: ScriptLanguage,
  found: Found,
): void {
  const called = isMark(tokens[at + 1], '(')
  if (language.keywords.test(name)) return
  const kind = kindOf(name, language) ?? kindOf(name.split(/\.|->|::/).at(-1) ?? '', language)
  const defined = tokens[at - 1]
  if (defined?.kind === 'name' && /^(def|function|sub|import|from|class|use)$/.test(defined.text)) return
  if (kind !== undefined && (called || (language.bareCalls && startsCall(tokens[at + 1])))) {
    readCall(kind, argumentsAt(tokens, at + 1, language), name, found)
    return
  }
  if (!called) return
  const args = argumentsAt(tokens, at + 1, language)
  if (args.flatMap(texts).some((text) => shellPath.test(text))) return readCall('run', args, name, found)
  if (language.harmless.test(name) || definedHere(name, tokens)) return
  found.understood = false
}

/** Whatever the call is named: it is handed a shell to start. */
const shellPath = /^(\/(usr\/)?bin\/)?(ba|da|z|k|c)?sh$|^(cmd|powershell)(\.exe)?$/

const startsCall = (token: Token | undefined): boolean =>
  token?.kind === 'string' ||
  token?.kind === 'name' ||
  token?.kind === 'command' ||
  (token?.kind === 'mark' && /^[[$@<\\]$/.test(token.text))

const definedHere = (name: string, tokens: readonly Token[]): boolean =>
  tokens.some((token, i) => {
    if (token.kind !== 'name' || token.text !== name) return false
    const before = tokens[i - 1]
    if (before?.kind === 'name' && /^(def|function|sub|class)$/.test(before.text)) return true
    const value = tokens[i + 2]
    return (
      isMark(tokens[i + 1], '=') && value?.kind === 'name' && /^(lambda|function|async|sub)$/.test(value.text)
    )
  })

/** `getattr(module, "rmtree")(…)`: a constant text that is called is the name of what is called. */
function readNamedString(
  token: Extract<Token, { kind: 'string' }>,
  at: number,
  tokens: readonly Token[],
  language: ScriptLanguage,
  found: Found,
): void {
  if (!isMark(tokens[at + 1], ')') && !isMark(tokens[at + 1], ']')) return
  const opens = isMark(tokens[at + 2], '(')
  if (!opens) return
  const kind = kindOf(token.text, language)
  if (kind === undefined) {
    if (!language.harmless.test(token.text)) found.understood = false
    return
  }
  if (token.joined) found.facts.push({ type: 'obfuscation', place: undefined })
  readCall(kind, argumentsAt(tokens, at + 2, language), token.text, found)
}

/** The tokens of each argument of a call, whether it has parentheses or not. */
function argumentsAt(
  tokens: readonly Token[],
  at: number,
  language: ScriptLanguage,
): readonly (readonly Token[])[] {
  const paren = isMark(tokens[at], '(')
  if (!paren && !language.bareCalls) return []
  const all: Token[][] = [[]]
  let depth = 0
  for (let i = paren ? at + 1 : at; i < tokens.length; i += 1) {
    const token = tokens[i] as Token
    if (token.kind === 'mark') {
      if (/^[([{]$/.test(token.text)) depth += 1
      if (/^[)\]}]$/.test(token.text)) {
        if (depth === 0) break
        depth -= 1
      }
      if (depth === 0 && !paren && /^[;\n]$/.test(token.text)) break
      if (depth === 0 && token.text === ',') {
        all.push([])
        continue
      }
    }
    all.at(-1)?.push(token)
  }
  return all.filter((one) => one.length > 0)
}

function readCall(kind: CallKind, args: readonly (readonly Token[])[], name: string, found: Found): void {
  const place = constantOf(args[0])
  switch (kind) {
    case 'run':
      return readRun(args, found)
    case 'start': {
      const rest = args[1]?.some((token) => isMark(token, '[')) === true ? texts(args[1]) : []
      return pushCommand([place, ...rest], found)
    }
    case 'replace': {
      const listed = args.slice(1).flatMap(texts)
      const skipped = /^(os\.|.*\.)?exec|spawn/.test(name) ? listed.slice(1) : listed
      return pushCommand([place, ...skipped], found)
    }
    case 'code':
      return readDynamic(args, place, found)
    case 'named':
      if (place === undefined && constantOf(args[1]) === undefined) found.understood = false
      if (args.some(isJoined)) found.facts.push({ type: 'obfuscation', place: undefined })
      return
    case 'open':
      return readOpen(args, place, found)
    case 'print':
      return readPrint(args, found)
    case 'load':
      found.facts.push({ type: 'exec-unknown-code', place })
      if (place?.startsWith('/') === true || place === undefined) found.understood = false
      return
    default:
      found.facts.push({ type: factTypes[kind], place: kind === 'connect' ? addressOf(args) : place })
      if (kind === 'write')
        for (const one of args.slice(1, 2)) {
          const other = constantOf(one)
          if (other?.startsWith('/') === true)
            found.facts.push({ type: 'write-file', place: other }, { type: 'read-file', place })
        }
  }
}

const factTypes = {
  read: 'read-file',
  write: 'write-file',
  delete: 'delete-data',
  connect: 'network-egress',
  fetch: 'network-egress',
  listen: 'network-listen',
  mode: 'privilege-change',
  account: 'privilege-change',
} as const

const constantOf = (tokens: readonly Token[] | undefined): string | undefined => {
  const only = tokens
    ?.filter((token) => token.kind !== 'name' || !/^(glob|b|u|str)$/.test(token.text))
    .filter((token) => token.kind !== 'mark' || !/^[()[\n]$/.test(token.text))
  const first = only?.[0]
  return only?.length === 1 && first?.kind === 'string' && !first.dynamic ? first.text : undefined
}

/** A name put together from pieces has no reason but to hide. */
const isJoined = (tokens: readonly Token[]): boolean =>
  tokens.length === 1 && tokens[0]?.kind === 'string' && tokens[0].joined

const texts = (tokens: readonly Token[] | undefined): readonly string[] =>
  (tokens ?? []).flatMap((token) => (token.kind === 'string' ? [token.text] : []))

function addressOf(args: readonly (readonly Token[])[]): string | undefined {
  const pieces = args.flatMap((one) => one.flatMap((token) => (token.kind === 'string' ? [token.text] : [])))
  return pieces.length === 0 ? undefined : pieces.join(':')
}

/** A shell text, or a list of words; `shell=True` and the like make no difference here. */
function readRun(args: readonly (readonly Token[])[], found: Found): void {
  const first = args[0] ?? []
  const listed = args.flatMap(texts).filter((text) => !/^(r|w|rb|wb|r\+)$/.test(text))
  const bracketed = first.some((token) => isMark(token, '['))
  if (bracketed || (listed.length > 1 && args.every((one) => one[0]?.kind === 'string')))
    return pushCommand(listed, found)
  const single = first.filter((token) => token.kind !== 'mark' || !/^[\n]$/.test(token.text))
  const only = single[0]
  if (single.length > 0 && only?.kind === 'string') {
    const dynamic = single.length > 1 && !/^[,]$/.test((single[1] as { text: string }).text)
    found.commands.push(dynamic ? `${only.text}$_not_known_0` : only.text)
    return
  }
  found.facts.push({ type: 'exec-unknown-code', place: undefined })
  found.understood = false
}

function pushCommand(words: readonly (string | undefined)[], found: Found): void {
  if (words[0] === undefined) {
    found.facts.push({ type: 'exec-unknown-code', place: undefined })
    found.understood = false
    return
  }
  const quoted = words.map((word) =>
    word === undefined
      ? '$_not_known_0'
      : /^[\w./:=@,+-]+$/.test(word)
        ? word
        : `'${word.replaceAll("'", "'\\''")}'`,
  )
  found.commands.push(quoted.join(' '))
}

const fetches = /urlopen|urlretrieve|requests\.|LWP|file_get_contents|Net::HTTP|URI\.open|fetch|curl/

function readDynamic(args: readonly (readonly Token[])[], place: string | undefined, found: Found): void {
  if (place !== undefined) return
  const names = args.flat().flatMap((token) => (token.kind === 'name' ? [token.text] : []))
  if (args.length === 0 || args[0]?.some((token) => isMark(token, '{')) === true) return
  const fetched = names.some((name) => fetches.test(name))
  found.facts.push({ type: fetched ? 'download-exec' : 'exec-unknown-code', place: undefined })
  found.understood = false
}

function readOpen(args: readonly (readonly Token[])[], place: string | undefined, found: Found): void {
  const modes = args.slice(1).flatMap(texts)
  const perl = args.length >= 2 && place === undefined
  const target = perl
    ? (constantOf(args[2]) ?? constantOf(args[1])?.replace(/^\s*(\+?[<>]{1,2}|\|)\s*/, ''))
    : place
  const mode = modes.find((text) => /^\s*(\+?[<>]{1,2}|[rwax][bt+]*|\|-?|-\|)/.test(text)) ?? 'r'
  if (/\|/.test(mode) || /^\s*\||\|\s*$/.test(modes[0] ?? '')) {
    const command = (constantOf(args[2]) ?? modes[0] ?? '').replace(/^\s*\|-?|\|\s*$/g, '')
    if (command === '') found.understood = false
    else found.commands.push(command)
    return
  }
  if (/^>?&/.test(modes[0] ?? '')) return
  found.facts.push({ type: /[wax>]/.test(mode) ? 'write-file' : 'read-file', place: target })
}

function readPrint(args: readonly (readonly Token[])[], found: Found): void {
  const value = args.length === 1 ? constantOf(args[0]) : undefined
  if (value === undefined) found.constantPrints = false
  else found.printed.push(value)
}
