/** A piece of a program in a scripting language. */
export type Token =
  /** A text; `dynamic` when values are put into it, each shown as a variable that is never set. */
  | { readonly kind: 'string'; readonly text: string; readonly dynamic: boolean; readonly joined: boolean }
  /** A name with what it is reached through: `os.path.join`, `IO::Socket`, `$x->read`. */
  | { readonly kind: 'name'; readonly text: string }
  /** A text between backticks that the language hands to a shell. */
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string }

export interface Lexis {
  readonly comments: readonly string[]
  /** Quotes whose text may hold values, and how these look. */
  readonly interpolates: RegExp | undefined
  readonly interpolatingQuotes: string
  readonly backticks: 'command' | 'template' | 'none'
  /** `qq{…}`, `q(…)`, `%w[…]`. */
  readonly quoteWords: boolean
  readonly tripleQuotes: boolean
}

const name = /[$@&%]?[A-Za-z_]\w*(?:(?:\.|::|->|\?\.|\\)[A-Za-z_]\w*)*/y
const member = /(?:\.|->|::)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\x1b',
  '0': '\0',
  a: '\x07',
}

/** Cuts a program into tokens. It knows texts and names; everything else is a mark. */
export function tokenize(text: string, lexis: Lexis): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length && tokens.length < 20_000;) {
    const read = readToken(text, at, lexis, tokens.at(-1))
    if (read.token !== undefined) tokens.push(read.token)
    at = Math.max(read.end, at + 1)
  }
  return tokens
}

interface Read {
  readonly token: Token | undefined
  readonly end: number
}

function readToken(text: string, at: number, lexis: Lexis, last: Token | undefined): Read {
  const char = text[at] as string
  if (/\s/.test(char))
    return char === '\n'
      ? { token: { kind: 'mark', text: '\n' }, end: at + 1 }
      : { token: undefined, end: at + 1 }
  if (lexis.comments.some((comment) => text.startsWith(comment, at))) {
    const end = text.indexOf('\n', at)
    return { token: undefined, end: end < 0 ? text.length : end }
  }
  const quoted = readQuoted(text, at, lexis, last)
  if (quoted !== undefined) return quoted
  for (const pattern of [name, member]) {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) return { token: { kind: 'name', text: found }, end: at + found.length }
  }
  return { token: { kind: 'mark', text: char }, end: at + 1 }
}

function readQuoted(text: string, at: number, lexis: Lexis, last: Token | undefined): Read | undefined {
  const prefix = /^(?:[fFrRbBuU]{1,2})(?=["'])/.exec(text.slice(at, at + 3))?.[0] ?? ''
  const python = lexis.tripleQuotes ? prefix : ''
  const start = at + python.length
  const quote = text[start] as string
  const triple =
    lexis.tripleQuotes && /^("""|''')/.test(text.slice(start, start + 3))
      ? text.slice(start, start + 3)
      : undefined
  if (triple !== undefined) return stringUntil(text, start + 3, triple, python, lexis)
  if (quote === '"' || quote === "'") return stringUntil(text, start + 1, quote, python, lexis)
  if (quote === '`' && lexis.backticks !== 'none') {
    const read = stringUntil(text, start + 1, '`', '', lexis)
    if (lexis.backticks === 'template' || read.token?.kind !== 'string') return read
    return { ...read, token: { kind: 'command', text: read.token.text } }
  }
  if (lexis.quoteWords) return readQuoteWord(text, at, lexis) ?? readRegex(text, at, last)
  return readRegex(text, at, last)
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }

function readQuoteWord(text: string, at: number, lexis: Lexis): Read | undefined {
  const found = /^(?:(qq?|qx|qw|m|qr)\s*([^\w\s,;=>])|%([wWqQx]?)([[({<]))/.exec(text.slice(at, at + 8))
  if (found === null || /\w/.test(text[at - 1] ?? '')) return undefined
  const open = found[2] ?? found[4] ?? ''
  const kind = found[1] ?? found[3] ?? ''
  const read = stringUntil(
    text,
    at + found[0].length,
    closers[open] ?? open,
    kind.startsWith('qq') ? '' : 'r',
    lexis,
  )
  if (read.token?.kind !== 'string') return read
  if (kind === 'qx' || kind === 'x') return { ...read, token: { kind: 'command', text: read.token.text } }
  return kind === 'm' || kind === 'qr' ? { ...read, token: { kind: 'mark', text: 'regex' } } : read
}

/** A regular expression stands where a value may begin. */
function readRegex(text: string, at: number, last: Token | undefined): Read | undefined {
  if (text[at] !== '/' || last?.kind === 'string' || last?.kind === 'name') {
    if (
      text[at] !== '/' ||
      last?.kind !== 'name' ||
      !/^(if|unless|and|or|split|print|grep|return)$/.test(last.text)
    )
      return undefined
  }
  if (last?.kind === 'mark' && /[)\]\d]/.test(last.text)) return undefined
  const end = /^\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n])+\/[a-z]*/.exec(text.slice(at))?.[0]
  return end === undefined ? undefined : { token: { kind: 'mark', text: 'regex' }, end: at + end.length }
}

function stringUntil(text: string, from: number, closer: string, prefix: string, lexis: Lexis): Read {
  const raw = /r/i.test(prefix)
  let value = ''
  let i = from
  for (; i < text.length && !text.startsWith(closer, i); i += 1) {
    if (text[i] !== '\\' || i + 1 >= text.length) {
      value += text[i]
      continue
    }
    const escape = readEscape(
      text,
      i + 1,
      raw || (closer === "'" && !lexis.tripleQuotes && lexis.backticks !== 'template'),
    )
    value += escape.text
    i = escape.end - 1
  }
  const formatted = /f/i.test(prefix)
  const pattern = formatted
    ? /\{[^{}]*\}/g
    : lexis.interpolatingQuotes.includes(closer[0] ?? '')
      ? lexis.interpolates
      : undefined
  let count = 0
  const shown =
    pattern === undefined || raw ? value : value.replace(pattern, () => `$_not_known_${(count += 1)}`)
  return { token: { kind: 'string', text: shown, dynamic: count > 0, joined: false }, end: i + closer.length }
}

function readEscape(text: string, at: number, raw: boolean): { readonly text: string; readonly end: number } {
  const char = text[at] as string
  if (raw) return { text: char === '\\' || char === "'" || char === '"' ? char : `\\${char}`, end: at + 1 }
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{2,3}))/.exec(
    text.slice(at, at + 9),
  )
  const digits = hex?.[1] ?? hex?.[2] ?? hex?.[3]
  if (digits !== undefined && Number.parseInt(digits, 16) <= 0x10ffff)
    return { text: String.fromCodePoint(Number.parseInt(digits, 16)), end: at + (hex?.[0].length ?? 1) }
  if (hex?.[4] !== undefined)
    return { text: String.fromCharCode(Number.parseInt(hex[4], 8)), end: at + hex[4].length }
  if (char === '\n') return { text: '', end: at + 1 }
  return { text: escapes[char] ?? char, end: at + 1 }
}
