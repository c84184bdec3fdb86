import { decodeBase64, decodeHex } from '../evaluate/filters/decoders.ts'
import type { Token } from './tokens.ts'

type Text = Extract<Token, { kind: 'string' }>

const decoders: readonly (readonly [RegExp, (text: string) => string | undefined])[] = [
  [
    /(^|\.)(b64decode|base64_decode|decode_base64|atob|decode64|strict_decode64|urlsafe_b64decode)$/,
    decodeBase64,
  ],
  [/(^|\.)(fromhex|unhexlify|hex2bin)$/, decodeHex],
  [/(^|\.)(strrev)$/, (text) => [...text].reverse().join('')],
  [
    /(^|\.)(str_rot13)$/,
    (text) =>
      text.replace(/[a-z]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + (/[a-m]/i.test(c) ? 13 : -13))),
  ],
]

/** Replaces texts put together from constants, variables with one constant value, and decoders by the text they are. */
export function foldTokens(tokens: readonly Token[]): readonly Token[] {
  const variables = constants(tokens)
  let folded: readonly Token[] = tokens.map((token, i) => {
    if (token.kind !== 'name' || isMark(tokens[i + 1], '=') || isMark(tokens[i + 1], '(')) return token
    return variables.get(token.text) ?? token
  })
  for (let round = 0; round < 8; round += 1) {
    const next = foldOnce(folded)
    if (next.length === folded.length) return next
    folded = next
  }
  return folded
}

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text

/** Names that are given a constant text once and nothing else. */
function constants(tokens: readonly Token[]): ReadonlyMap<string, Text> {
  const found = new Map<string, Text>()
  const spoiled = new Set<string>()
  tokens.forEach((token, i) => {
    if (token.kind !== 'name' || !isMark(tokens[i + 1], '=') || isMark(tokens[i + 2], '=')) return
    const value = tokens[i + 2]
    const after = tokens[i + 3]
    const ends = after === undefined || (after.kind === 'mark' && /[;\n,)}]/.test(after.text))
    if (value?.kind === 'string' && ends && !found.has(token.text)) found.set(token.text, value)
    else spoiled.add(token.text)
  })
  for (const one of spoiled) found.delete(one)
  return found
}

function foldOnce(tokens: readonly Token[]): readonly Token[] {
  const out: Token[] = []
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i] as Token
    const decoded = decodeAt(tokens, i)
    if (decoded !== undefined) {
      out.push(decoded.token)
      i = decoded.end - 1
    } else if (joins(out, token)) {
      const left = leftText(out)
      const right = token as Text // `joins` looked at its kind
      out.push({
        kind: 'string',
        text: left.text + right.text,
        dynamic: left.dynamic || right.dynamic,
        joined: true,
      })
    } else out.push(token)
  }
  return out
}

function joins(out: readonly Token[], token: Token): boolean {
  if (token.kind !== 'string') return false
  const last = out.at(-1)
  if (last?.kind === 'string') return true
  return last?.kind === 'mark' && /^[+.]$/.test(last.text) && out.at(-2)?.kind === 'string'
}

function leftText(out: Token[]): Text {
  if (out.at(-1)?.kind === 'mark') out.pop()
  if (isMark(out.at(-1), '.')) out.pop()
  return out.pop() as Text // `joins` looked at its kind
}

function decodeAt(
  tokens: readonly Token[],
  at: number,
): { readonly token: Token; readonly end: number } | undefined {
  const token = tokens[at]
  const text = tokens[at + 2]
  if (token?.kind !== 'name' || !isMark(tokens[at + 1], '(') || text?.kind !== 'string') return undefined
  if (!isMark(tokens[at + 3], ')')) return undefined
  const decoder = decoders.find(([pattern]) => pattern.test(token.text))
  const decoded = decoder?.[1](text.text)
  return decoded === undefined
    ? undefined
    : { token: { kind: 'string', text: decoded, dynamic: false, joined: true }, end: at + 4 }
}
