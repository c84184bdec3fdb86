import type { Arguments } from './filter-output.ts'

const named: Readonly<Record<string, string>> = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  digit: '0123456789',
  space: ' \t\n\r\f\v',
  alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', f: '\f', v: '\v' }

function characters(set: string): readonly string[] {
  const flat = set
    .replace(/\[:(\w+):\]/g, (whole, name: string) =>
      Object.hasOwn(named, name) ? (named[name] as string) : whole,
    )
    .replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char)
  const chars = [...flat]
  const out: string[] = []
  for (let i = 0; i < chars.length; i += 1) {
    const from = (chars[i] as string).codePointAt(0) as number
    const to = chars[i + 1] === '-' ? chars[i + 2]?.codePointAt(0) : undefined
    if (to === undefined || to < from) out.push(chars[i] as string)
    else {
      for (let code = from; code <= to && out.length < 2048; code += 1) out.push(String.fromCodePoint(code))
      i += 2
    }
  }
  return out
}

/** `tr`: characters of one set become those at the same place in another, or go away. */
export function translate(text: string, args: Arguments): string | undefined {
  const flags = args.options.join('')
  const [from, to] = args.operands
  if (from === undefined || /--/.test(flags)) return undefined
  const set = characters(from)
  const within = /[cC]/.test(flags)
    ? (char: string) => !set.includes(char)
    : (char: string) => set.includes(char)
  if (flags.includes('d')) return [...text].filter((char) => !within(char)).join('')
  if (to === undefined) return flags.includes('s') ? squeeze(text, within) : undefined
  const target = characters(to)
  const last = target.at(-1) ?? ''
  const changed = [...text].map((char) => {
    if (!within(char)) return char
    return /[cC]/.test(flags) ? last : (target[set.lastIndexOf(char)] ?? last)
  })
  return flags.includes('s') ? squeeze(changed.join(''), (char) => target.includes(char)) : changed.join('')
}

const squeeze = (text: string, within: (char: string) => boolean): string =>
  [...text].filter((char, i, all) => !(within(char) && all[i - 1] === char)).join('')

const valueOf = (args: Arguments, names: string): string | undefined => {
  const option = args.options.find((one) => names.includes(one[1] ?? '') && one[0] === '-' && one[1] !== '-')
  return option?.slice(2)
}

function rangesOf(list: string): ((index: number) => boolean) | undefined {
  if (!/^[\d,-]+$/.test(list)) return undefined
  const ranges = list.split(',').map((range) => {
    const [from = '', to] = range.split('-')
    return {
      from: from === '' ? 1 : Number(from),
      to: to === undefined ? Number(from) : to === '' ? Infinity : Number(to),
    }
  })
  return (index) => ranges.some((range) => index >= range.from && index <= range.to)
}

export function cut(text: string, args: Arguments): string | undefined {
  const chars = valueOf(args, 'cb')
  const fields = valueOf(args, 'f')
  const wanted = rangesOf(chars ?? fields ?? '')
  if (wanted === undefined || args.options.some((option) => option.startsWith('--'))) return undefined
  const delimiter = valueOf(args, 'd') ?? '\t'
  return eachLine(text, (line) => {
    if (chars !== undefined) return [...line].filter((_, i) => wanted(i + 1)).join('')
    if (!line.includes(delimiter)) return line
    return line
      .split(delimiter)
      .filter((_, i) => wanted(i + 1))
      .join(delimiter)
  })
}

const eachLine = (text: string, change: (line: string) => string): string => {
  const ended = text.endsWith('\n')
  const lines = (ended ? text.slice(0, -1) : text).split('\n').map(change)
  return lines.join('\n') + (ended ? '\n' : '')
}

function countOf(
  args: Arguments,
): { readonly count: number; readonly chars: boolean; readonly from: boolean } | undefined {
  const chars = valueOf(args, 'c')
  const short = args.options.find((option) => /^-\d+$/.test(option))?.slice(1)
  const text = chars ?? valueOf(args, 'n') ?? short ?? '10'
  if (!/^\+?\d+$/.test(text)) return undefined
  return { count: Number(text.replace('+', '')), chars: chars !== undefined, from: text.startsWith('+') }
}

export function head(text: string, args: Arguments): string | undefined {
  const wanted = countOf(args)
  if (wanted === undefined) return undefined
  if (wanted.chars) return text.slice(0, wanted.count)
  return text.split('\n').slice(0, wanted.count).join('\n') + '\n'
}

export function tail(text: string, args: Arguments): string | undefined {
  const wanted = countOf(args)
  if (wanted === undefined) return undefined
  const { count, chars, from } = wanted
  if (chars) return from ? text.slice(count - 1) : text.slice(Math.max(0, text.length - count))
  const lines = text.replace(/\n$/, '').split('\n')
  return `${lines.slice(from ? count - 1 : Math.max(0, lines.length - count)).join('\n')}\n`
}

const command = /^s(.)((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1([gpI\d]*)$/s

/** `sed` with plain substitutions whose patterns are literal texts; anything else is not evaluated. */
export function substitute(text: string, args: Arguments): string | undefined {
  const scripts = args.options.flatMap((option) => (option.startsWith('-e') ? [option.slice(2)] : []))
  const all = scripts.length > 0 ? scripts : args.operands.slice(0, 1)
  if (args.options.some((option) => !/^-(e.*|E|r|z)$/s.test(option))) return undefined
  let result: string | undefined = text
  for (const one of all.flatMap((script) => script.split(/(?<=[/|#,@:!][gpI\d]*);(?=\s*s)/)))
    result = result === undefined ? undefined : substituteOnce(result, one.trim())
  return result
}

function substituteOnce(text: string, script: string): string | undefined {
  const parsed = command.exec(script)
  if (parsed === null) return undefined
  const [, delimiter = '', from = '', to = '', flags = ''] = parsed
  const literal = literalPattern(from, delimiter)
  if (literal === undefined || /[&]|\\[0-9]/.test(to.replace(/\\&/g, '')) || /[pI\d]/.test(flags))
    return undefined
  const replacement = to.replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char))
  return eachLine(text, (line) =>
    flags.includes('g') ? line.split(literal).join(replacement) : line.replace(literal, () => replacement),
  )
}

/** The text that a pattern stands for, when it has no special characters. */
function literalPattern(pattern: string, delimiter: string): string | undefined {
  const plain = pattern.replaceAll(`\\${delimiter}`, delimiter)
  if (/[\\.*^$[\]+?(){}|]/.test(plain) || plain === '') return undefined
  return plain
}
