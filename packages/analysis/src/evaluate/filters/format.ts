import { addFlows, known, textOf, unknown, type Flow, type Value } from '../value.ts'
import { unescapeText } from '../parameter.ts'

const directive = /%(%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?([diouxXcsbqfeEgG]|\(([^)]*)\)T))/g

/** What `printf` prints. */
export function format(words: readonly Value[]): Value {
  const flows = words.reduce<readonly Flow[]>((all, word) => addFlows(all, word.flows), [])
  const texts = words.map(textOf)
  const template = texts[0]
  if (template === undefined || texts.includes(undefined)) return unknown('printed-by-a-program', flows)
  const rest = texts.slice(1) as string[] // none is undefined, by the line above
  let output = ''
  let at = 0
  do {
    const before = at
    const round = formatOnce(template, rest.slice(at))
    if (round === undefined || output.length > 65_536) return unknown('printed-by-a-program', flows)
    output += round.text
    at += round.used
    if (at === before) break
  } while (at < rest.length)
  return known(output, flows)
}

function formatOnce(
  template: string,
  args: readonly string[],
): { readonly text: string; readonly used: number } | undefined {
  let used = 0
  let failed = false
  const next = () => {
    used += 1
    return args[used - 1] ?? ''
  }
  const pieces: string[] = []
  let from = 0
  for (const match of template.matchAll(directive)) {
    pieces.push(unescapeText(template.slice(from, match.index)))
    from = match.index + match[0].length
    if (match[1] === '%') {
      pieces.push('%')
      continue
    }
    const [, , flags = '', width, precision, kind = ''] = match
    const wide = width === '*' ? Number(next()) : Number(width ?? 0)
    const precise =
      precision === undefined ? undefined : precision === '*' ? Number(next()) : Number(precision)
    const text = kind.endsWith('T') ? undefined : one(kind, next(), flags, precise)
    if (text === undefined || wide > 4096) failed = true
    else pieces.push(pad(text, wide, flags))
  }
  pieces.push(unescapeText(template.slice(from)))
  return failed ? undefined : { text: pieces.join(''), used }
}

const pad = (text: string, width: number, flags: string): string =>
  flags.includes('-') ? text.padEnd(width) : text.padStart(width, flags.includes('0') ? '0' : ' ')

function one(
  kind: string,
  argument: string,
  flags: string,
  precision: number | undefined,
): string | undefined {
  switch (kind) {
    case 's':
      return argument.slice(0, precision)
    case 'b':
      return unescapeText(argument, true).slice(0, precision)
    case 'c':
      return [...argument][0] ?? ''
    case 'q':
      return `'${argument.replaceAll("'", "'\\''")}'`
  }
  const quoted = /^["'](.)/su.exec(argument)?.[1]
  const number =
    quoted === undefined ? Number(argument.replace(/^(-?)0(?=[0-7])/, '$10o')) : quoted.codePointAt(0)
  if (number === undefined || Number.isNaN(number)) return undefined
  if (/[feEgG]/.test(kind)) return kind === 'f' ? number.toFixed(precision ?? 6) : String(number)
  const base = kind === 'o' ? 8 : /x/i.test(kind) ? 16 : 10
  const digits = Math.trunc(number).toString(base)
  const prefix = flags.includes('#') && base !== 10 ? (base === 8 ? '0' : '0x') : ''
  return (prefix + (kind === 'X' ? digits.toUpperCase() : digits)).padStart(precision ?? 0, '0')
}
