import { caps, type ResolvedCommand } from '../machine.ts'
import { baseName } from '../paths.ts'
import { contentOf } from '../redirects.ts'
import type { Scope } from '../scope.ts'
import { concat, known, mapText, textOf, type Flow, type Value } from '../value.ts'
import { decodeBase64, decodeHex, encodeBase64, encodeHex, gunzipText } from './decoders.ts'
import { cut, head, substitute, tail, translate } from './line-filters.ts'

/** The words of a filter after its name: options, and operands with their places. */
export interface Arguments {
  readonly options: readonly string[]
  readonly operands: readonly string[]
  readonly all: readonly string[]
}

type Filter = (args: Arguments, input: Value) => Value | undefined

const same: Filter = (_, input) => input
const by =
  (change: (text: string, args: Arguments) => string | undefined): Filter =>
  (args, input) =>
    mapText(input, (text) => change(text, args))

const decoding =
  (
    is: (args: Arguments) => boolean,
    change: (text: string, args: Arguments) => string | undefined,
    back?: (text: string) => string,
  ): Filter =>
  (args, input) => {
    if (is(args))
      return decoded(
        mapText(input, (text) => change(text, args)),
        args.all[0] ?? '',
      )
    return back === undefined ? undefined : mapText(input, back)
  }

const decoded = (value: Value, how: string): Value => {
  const flow: Flow = { kind: 'decoded', of: baseName(how) }
  return { ...value, flows: [...value.flows.filter((one) => one.kind !== 'decoded'), flow] }
}

const asks =
  (...wanted: readonly string[]) =>
  (args: Arguments) =>
    args.options.some((option) => wanted.includes(option))
const always = () => true
const reversed = (text: string) =>
  text
    .split('\n')
    .map((line) => [...line].reverse().join(''))
    .join('\n')

interface Known {
  readonly run: Filter
  /** Whether its operands are files to read; otherwise it reads standard input alone. */
  readonly files: 'operands' | 'rest' | 'none'
  /** Options whose next word is their value. */
  readonly valued?: string
}

const filters: Readonly<Record<string, Known>> = {
  cat: { run: same, files: 'operands' },
  tac: {
    run: by((text) => `${text.replace(/\n$/, '').split('\n').reverse().join('\n')}\n`),
    files: 'operands',
  },
  rev: { run: (args, input) => decoded(mapText(input, reversed), args.all[0] ?? ''), files: 'operands' },
  tr: {
    run: (args, input) =>
      decoded(
        mapText(input, (text) => translate(text, args)),
        'tr',
      ),
    files: 'none',
  },
  base64: {
    run: decoding(asks('-d', '-D', '--decode', '-di', '-id'), decodeBase64, encodeBase64),
    files: 'operands',
    valued: '-w',
  },
  base32: { run: () => undefined, files: 'operands' },
  xxd: {
    run: decoding((args) => args.options.some((option) => /^-\w*r/.test(option)), decodeHex, encodeHex),
    files: 'operands',
    valued: '-l -s -c -g',
  },
  gunzip: { run: decoding(always, gunzipText), files: 'operands' },
  zcat: { run: decoding(always, gunzipText), files: 'operands' },
  gzip: {
    run: decoding((args) => args.options.some((option) => /^-\w*d|^--decompress/.test(option)), gunzipText),
    files: 'operands',
  },
  openssl: { run: openssl, files: 'none' },
  cut: { run: by(cut), files: 'operands', valued: '-d -f -c -b' },
  head: { run: by(head), files: 'operands', valued: '-n -c' },
  tail: { run: by(tail), files: 'operands', valued: '-n -c' },
  sed: { run: by(substitute), files: 'rest', valued: '-e -f' },
  sort: {
    run: by((text) => `${text.replace(/\n$/, '').split('\n').sort().join('\n')}\n`),
    files: 'operands',
  },
  uniq: {
    run: by((text) =>
      text
        .split('\n')
        .filter((line, i, all) => line !== all[i - 1])
        .join('\n'),
    ),
    files: 'operands',
  },
  tee: { run: same, files: 'none' },
  strings: { run: same, files: 'operands' },
  fold: { run: (args, input) => (args.options.length === 0 ? input : undefined), files: 'operands' },
  basename: { run: named((path) => baseName(path.replace(/\/+$/, ''))), files: 'none' },
  dirname: {
    run: named((path) => path.replace(/\/+[^/]*\/*$/, '') || (path.startsWith('/') ? '/' : '.')),
    files: 'none',
  },
  seq: { run: sequence, files: 'none' },
  hostname: { run: () => undefined, files: 'none' },
}

function named(change: (path: string) => string): Filter {
  return (args) =>
    args.operands.length === 1 && args.options.length === 0
      ? known(`${change(args.operands[0] ?? '')}\n`)
      : undefined
}

function sequence(args: Arguments): Value | undefined {
  const numbers = args.operands.map(Number)
  if (args.options.length > 0 || numbers.some(Number.isNaN) || numbers.length === 0) return undefined
  const [from = 1, to = 1] = numbers.length === 1 ? [1, numbers[0]] : [numbers[0], numbers.at(-1)]
  const by = numbers.length === 3 ? (numbers[1] ?? 1) : 1
  if (by <= 0 || (to - from) / by > caps.fields) return undefined
  let text = ''
  for (let n = from; n <= to; n += by) text += `${n}\n`
  return known(text)
}

function openssl(args: Arguments, input: Value): Value | undefined {
  const base64 =
    args.operands[0] === 'base64' || args.options.includes('-base64') || args.options.includes('-a')
  const plain =
    args.operands.length === 1 &&
    !args.options.some((option) => /^-(aes|des|k$|pass|K$|in$|bf|camellia|chacha)/.test(option))
  if (!base64 || !plain) return undefined
  if (!args.options.includes('-d')) return mapText(input, encodeBase64)
  return decoded(mapText(input, decodeBase64), 'openssl')
}

/** What a filter prints, when all that it reads is known. */
export function filterOutput(command: ResolvedCommand, scope: Scope): Value | undefined {
  const texts = command.fields.map((field) => textOf(field.value))
  const name = baseName(texts[0] ?? '')
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined
  if (filter === undefined || texts.includes(undefined)) return undefined
  const args = readArguments(texts as string[], filter.valued ?? '') // none is undefined, by the line above
  const files =
    filter.files === 'none'
      ? []
      : filter.files === 'rest'
        ? args.operands.slice(hasScript(args) ? 0 : 1)
        : args.operands
  const input = inputOf(files, command, scope)
  if (
    textOf(input) === undefined &&
    filter.files !== 'none' &&
    files.length > 0 &&
    textOf(input) === undefined
  )
    return undefined
  if ((textOf(input)?.length ?? 0) > caps.decoded) return undefined
  const output = filter.run(args, input)
  return output?.kind === 'known' || output?.kind === 'set' ? output : undefined
}

const hasScript = (args: Arguments): boolean =>
  args.options.some((option) => /^(-e|-f|--expression|--file)/.test(option))

function inputOf(files: readonly string[], command: ResolvedCommand, scope: Scope): Value {
  const stdin = command.stdin ?? known('')
  if (files.length === 0) return stdin
  return files.map((file) => (file === '-' ? stdin : contentOf(known(file), scope))).reduce(concat)
}

function readArguments(words: readonly string[], valued: string): Arguments {
  const options: string[] = []
  const operands: string[] = []
  const withValue = valued.split(' ')
  for (let i = 1; i < words.length; i += 1) {
    const word = words[i] as string
    if (word === '-' || !word.startsWith('-')) operands.push(word)
    else if (withValue.includes(word) && i + 1 < words.length) {
      options.push(`${word}${words[i + 1]}`)
      i += 1
    } else options.push(word)
  }
  return { options, operands, all: words }
}
