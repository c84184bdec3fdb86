import type { CodeFact, CodeReading } from './read-code.ts'

interface Found {
  readonly facts: CodeFact[]
  readonly commands: string[]
  understood: boolean
}

/** Reads a sed script: `e` runs commands, `w` and `r` name files; everything else changes lines. */
export function readSed(text: string): CodeReading {
  const found: Found = { facts: [], commands: [], understood: true }
  for (let at = 0; at < text.length;) {
    const next = readCommand(text, skipAddress(text, at), found)
    at = Math.max(next, at + 1)
  }
  return {
    facts: found.facts,
    commands: found.commands,
    scripts: [],
    printed: undefined,
    understood: found.understood,
  }
}

function skipAddress(text: string, from: number): number {
  let at = from
  for (;;) {
    const skipped = /^(?:[\s;{},!$~+]|\d)+/.exec(text.slice(at))?.[0].length ?? 0
    at += skipped
    const custom = text[at] === '\\' && text[at + 1] !== undefined
    if (text[at] !== '/' && !custom) return at
    at = endOf(text, custom ? at + 2 : at + 1, custom ? (text[at + 1] as string) : '/')
    while (/[IM]/.test(text[at] ?? '')) at += 1
  }
}

/** Where a part that ends with a delimiter ends, past the delimiter; brackets hide it in patterns. */
function endOf(text: string, from: number, delimiter: string): number {
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1
    else if (text[i] === delimiter) return i + 1
  }
  return text.length
}

function readCommand(text: string, at: number, found: Found): number {
  const command = text[at]
  const lineEnd = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
  const rest = text.slice(at + 1, lineEnd).trim()
  switch (command) {
    case 's':
    case 'y': {
      const delimiter = text[at + 1] ?? '/'
      const middle = endOf(text, at + 2, delimiter)
      const end = endOf(text, middle, delimiter)
      return command === 'y' ? end : readFlags(text, middle, end, found)
    }
    case 'e':
      if (rest === '') {
        found.facts.push({ type: 'exec-unknown-code', place: undefined })
        found.understood = false
      } else found.commands.push(rest)
      return lineEnd
    case 'w':
    case 'W':
      found.facts.push({ type: 'write-file', place: rest })
      return lineEnd
    case 'r':
    case 'R':
      found.facts.push({ type: 'read-file', place: rest })
      return lineEnd
    case 'a':
    case 'i':
    case 'c':
      return text[at + 1] === '\\' && text[at + 2] === '\n' ? endOfLine(text, at + 3) : lineEnd
    case '#':
      return lineEnd
    case 'b':
    case 't':
    case 'T':
    case ':':
      return at + 1 + (/^[^;\n}]*/.exec(text.slice(at + 1))?.[0].length ?? 0)
    default:
      return at + 1
  }
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function readFlags(text: string, middle: number, from: number, found: Found): number {
  const flags = /^[gpiImM\d e]*/.exec(text.slice(from))?.[0] ?? ''
  if (flags.includes('e')) {
    const replacement = text.slice(middle, from - 1)
    if (/[&\\]/.test(replacement)) found.understood = false
    found.commands.push(replacement.replace(/\\(.)/g, '$1').replace(/(?<!\\)&/g, '$_not_known_0'))
  }
  const end = from + flags.length
  if (text[end] !== 'w') return end
  const lineEnd = endOfLine(text, end)
  found.facts.push({ type: 'write-file', place: text.slice(end + 1, lineEnd).trim() })
  return lineEnd
}
