/** One alternative of a brace expansion, as it stands in the text, and where. */
export interface Alternative {
  readonly text: string
  readonly start: number
}

/** Splits `{a,b}` at the commas of its own level. Quotes, escapes and expansions hide commas. */
export function splitBraces(text: string): readonly Alternative[] {
  const found: Alternative[] = []
  let start = 1
  const end = text.length - 1
  for (let i = 1; i <= end; i += 1) {
    if (i === end || text[i] === ',') {
      found.push({ text: text.slice(start, i), start })
      start = i + 1
    } else i = skipNested(text, i, end)
  }
  return found
}

const closers: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '{': '}', '(': ')' }

function skipNested(text: string, at: number, end: number): number {
  if (text[at] === '\\') return at + 1
  const closer = closers[text[at] ?? '']
  if (closer === undefined) return at
  for (let i = at + 1; i < end; i += 1) {
    if (text[i] === closer) return i
    if (closer === "'") continue
    i = closer === '"' || closer === '`' ? (text[i] === '\\' ? i + 1 : i) : skipNested(text, i, end)
  }
  return at
}

/** The words of `{1..5}` and `{a..e..2}`; undefined when the text is no sequence or has more than `most` words. */
export function sequenceWords(text: string, most: number): readonly string[] | undefined {
  const parts = text.slice(1, -1).split('..')
  if (parts.length < 2 || parts.length > 3) return undefined
  const [from = '', to = '', by = '1'] = parts
  const step = Math.max(1, Math.abs(Number(by)))
  if (!Number.isSafeInteger(step)) return undefined
  if (isInteger(from) && isInteger(to)) return numbers(from, to, step, most)
  if (from.length !== 1 || to.length !== 1) return undefined
  const codes = range(from.charCodeAt(0), to.charCodeAt(0), step, most)
  return codes?.map((code) => String.fromCharCode(code))
}

const isInteger = (text: string): boolean => /^-?\d{1,15}$/.test(text)

function numbers(from: string, to: string, step: number, most: number): readonly string[] | undefined {
  const padded = /^-?0\d/.test(from) || /^-?0\d/.test(to)
  const width = padded ? Math.max(from.length, to.length) : 0
  return range(Number(from), Number(to), step, most)?.map((n) =>
    n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0'),
  )
}

function range(from: number, to: number, step: number, most: number): readonly number[] | undefined {
  const count = Math.floor(Math.abs(to - from) / step) + 1
  if (count > most) return undefined
  return Array.from({ length: count }, (_, i) => from + (to < from ? -i * step : i * step))
}
