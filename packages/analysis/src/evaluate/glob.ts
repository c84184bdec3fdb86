type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'class'; readonly chars: string; readonly not: boolean }
  | { readonly kind: 'many'; readonly deep: boolean }

const cache = new Map<string, readonly Token[]>()

/** Reads a pattern: `*` and `?` stop at a slash unless `flat`, `**` never does. */
function tokens(pattern: string): readonly Token[] {
  const cached = cache.get(pattern)
  if (cached !== undefined) return cached
  const read: Token[] = []
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i] as string
    if (char === '\\' && i + 1 < pattern.length) {
      i += 1
      read.push({ kind: 'char', char: pattern[i] as string })
    } else if (char === '*') {
      const deep = pattern[i + 1] === '*'
      if (deep) i += 1
      const last = read.at(-1)
      if (last?.kind !== 'many') read.push({ kind: 'many', deep })
    } else if (char === '?') read.push({ kind: 'one' })
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 2)
      if (end < 0) read.push({ kind: 'char', char })
      else {
        read.push(readClass(pattern.slice(i + 1, end)))
        i = end
      }
    } else read.push({ kind: 'char', char })
  }
  if (cache.size > 2000) cache.clear()
  cache.set(pattern, read)
  return read
}

function readClass(text: string): Token {
  const not = text.startsWith('!') || text.startsWith('^')
  const body = not ? text.slice(1) : text
  let chars = ''
  for (let i = 0; i < body.length; i += 1) {
    if (body[i + 1] !== '-' || i + 2 >= body.length) {
      chars += body[i]
      continue
    }
    const to = body.charCodeAt(i + 2)
    for (let code = body.charCodeAt(i); code <= to && chars.length < 512; code += 1)
      chars += String.fromCharCode(code)
    i += 2
  }
  return { kind: 'class', chars, not }
}

const accepts = (token: Token, char: string, flat: boolean): boolean => {
  if (token.kind === 'char') return token.char === char
  if (token.kind === 'class') return token.chars.includes(char) !== token.not
  if (token.kind === 'one') return flat || char !== '/'
  return flat || token.deep || char !== '/'
}

/** Whether a whole text fits a pattern. `flat`: as in `case` and `${x#…}`, where a slash is a character like others. */
export function matches(text: string, pattern: string, flat = false): boolean {
  const read = tokens(pattern)
  let states = new Set([0])
  skipMany(states, read)
  for (const char of text) {
    const next = new Set<number>()
    for (const state of states) {
      const token = read[state]
      if (token === undefined || !accepts(token, char, flat)) continue
      next.add(token.kind === 'many' ? state : state + 1)
    }
    skipMany(next, read)
    if (next.size === 0) return false
    states = next
  }
  return states.has(read.length)
}

function skipMany(states: Set<number>, read: readonly Token[]): void {
  for (const state of states) if (read[state]?.kind === 'many') states.add(state + 1)
}

/** Whether some text fits both patterns. */
export function intersects(left: string, right: string): boolean {
  const a = tokens(left)
  const b = tokens(right)
  const seen = new Set<number>()
  const work: [number, number][] = [[0, 0]]
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [i, j] = next
    const key = i * (b.length + 1) + j
    if (seen.has(key)) continue
    seen.add(key)
    if (i === a.length && j === b.length) return true
    const x = a[i]
    const y = b[j]
    if (x?.kind === 'many') work.push([i + 1, j])
    if (y?.kind === 'many') work.push([i, j + 1])
    if (x !== undefined && y !== undefined && meet(x, y))
      work.push([x.kind === 'many' ? i : i + 1, y.kind === 'many' ? j : j + 1])
  }
  return false
}

function meet(x: Token, y: Token): boolean {
  if (x.kind === 'char') return accepts(y, x.char, false)
  if (y.kind === 'char') return accepts(x, y.char, false)
  if (x.kind === 'class' && !x.not) return [...x.chars].some((char) => accepts(y, char, false))
  if (y.kind === 'class' && !y.not) return [...y.chars].some((char) => accepts(x, char, false))
  return true
}

export const hasGlob = (text: string): boolean => /[*?[]/.test(text)

/**
 * How many characters of the last path component are given: a bare `*` says nothing about what it matches, and neither
 * does `*.txt`, which fits a name of any meaning.
 */
export function givenInLast(pattern: string): number {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1)
  return countGiven(/^[*?]+\.[\w*?]+$/.test(name) ? '*' : pattern)
}

/** The text before the first wildcard. */
export const givenPrefix = (pattern: string): string => /^(?:[^\\*?[]|\\.)*/.exec(pattern)?.[0] ?? ''

function countGiven(pattern: string): number {
  let count = 0
  for (const token of tokens(pattern)) {
    if (token.kind === 'char' && token.char === '/') count = 0
    else if (token.kind === 'char') count += 1
    else if (token.kind === 'class') count += 0.5
  }
  return count
}
