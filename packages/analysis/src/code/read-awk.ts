import type { CodeFact, CodeReading } from './read-code.ts'
import { foldTokens } from './fold-tokens.ts'
import { tokenize, type Lexis, type Token } from './tokens.ts'

const lexis: Lexis = {
  comments: ['#'],
  interpolates: undefined,
  interpolatingQuotes: '',
  backticks: 'none',
  quoteWords: false,
  tripleQuotes: false,
}

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text
const isName = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'name' && token.text === text

/** Reads an awk program: commands that it runs, files that it opens, addresses that it connects to. */
export function readAwk(text: string): CodeReading {
  const tokens = foldTokens(tokenize(text, lexis))
  const facts: CodeFact[] = []
  const commands: string[] = []
  let understood = true
  const run = (token: Token | undefined, more: boolean) => {
    if (token?.kind === 'string' && token.text.startsWith('/inet')) connect(token.text)
    else if (token?.kind === 'string') commands.push(more ? `${token.text}$_not_known_0` : token.text)
    else {
      facts.push({ type: 'exec-unknown-code', place: undefined })
      understood = false
    }
  }
  const connect = (place: string) =>
    facts.push({ type: /^\/inet\d?\/\w+\/[1-9]/.test(place) ? 'network-listen' : 'network-egress', place })
  tokens.forEach((token, i) => {
    const next = tokens[i + 1]
    if (token.kind === 'string' && /^\/inet\d?\//.test(token.text)) connect(token.text)
    if (isName(token, 'system') && isMark(next, '(')) run(tokens[i + 2], !isMark(tokens[i + 3], ')'))
    if (isMark(token, '|') && !isMark(next, '|') && !isMark(tokens[i - 1], '|')) {
      const both = isMark(next, '&')
      const target = both ? tokens[i + 2] : next
      if (isName(target, 'getline')) run(pipedFrom(tokens, i), false)
      else run(target, false)
    }
    if (isMark(token, '>') && printing(tokens, i)) {
      const target = isMark(next, '>') ? tokens[i + 2] : next
      if (target?.kind === 'string') facts.push(fileFact('write-file', target.text))
      else if (!isMark(tokens[i - 1], '>')) facts.push({ type: 'write-file', place: undefined })
    }
    if (isName(token, 'getline') && readsFile(tokens, i)) {
      const target = tokens.slice(i + 1, i + 4).find((one) => one.kind === 'string')
      facts.push({ type: 'read-file', place: target?.kind === 'string' ? target.text : undefined })
    }
    if (isMark(token, '@')) understood = false
  })
  return {
    facts: facts.filter((fact) => fact.place !== '/dev/stderr' && fact.place !== '/dev/stdout'),
    commands,
    scripts: [],
    printed: printedBy(text),
    understood,
  }
}

const fileFact = (type: string, place: string): CodeFact => ({ type, place })

function pipedFrom(tokens: readonly Token[], at: number): Token | undefined {
  const before = tokens[at - 1]
  return isMark(before, ')') ? tokens[at - 2] : before
}

/** `print … > "file"` writes; elsewhere `>` compares. */
function printing(tokens: readonly Token[], at: number): boolean {
  for (let i = at - 1, depth = 0; i >= 0; i -= 1) {
    const token = tokens[i] as Token
    if (isMark(token, ')')) depth += 1
    if (isMark(token, '(')) depth -= 1
    if (depth < 0 || (token.kind === 'mark' && /^[;{}\n]$/.test(token.text))) return false
    if (isName(token, 'print') || isName(token, 'printf')) return true
  }
  return false
}

const readsFile = (tokens: readonly Token[], at: number): boolean =>
  [1, 2].some((ahead) => isMark(tokens[at + ahead], '<') && (ahead === 1 || tokens[at + 1]?.kind === 'name'))

/** What `BEGIN{printf "…"}` prints. */
function printedBy(text: string): string | undefined {
  const only =
    /^\s*BEGIN\s*\{\s*print(f?)\s*\(?\s*"((?:[^"\\]|\\.)*)"\s*\)?\s*;?\s*(?:exit;?\s*)?\}\s*$/.exec(text)
  if (only === null || (only[1] === 'f' && /%/.test(only[2] ?? ''))) return undefined
  const token = tokenize(`"${only[2] ?? ''}"`, lexis)[0]
  return token?.kind === 'string' ? token.text + (only[1] === 'f' ? '' : '\n') : undefined
}
