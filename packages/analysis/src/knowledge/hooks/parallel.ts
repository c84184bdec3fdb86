import type { Nested } from '../shape.ts'

/**
 * `parallel gzip ::: a b` runs `gzip a` and `gzip b`; without a command before `:::` every word after it is one.
 * Several lists make combinations: those are left as a command whose further words are not known.
 */
export function parallel(nested: readonly Nested[]): readonly Nested[] {
  return nested.flatMap((one) => (one.kind === 'command' ? spread(one) : [one]))
}

type Command = Extract<Nested, { kind: 'command' }>

function spread(command: Command): readonly Nested[] {
  const at = command.words.findIndex((word) => word !== null && word.startsWith(':::'))
  if (at < 0) return [command]
  const words = command.words.slice(0, at)
  const inputs = command.words.slice(at + 1)
  const to = command.from + at
  const simple = command.words[at] === ':::' && !inputs.some((word) => word?.startsWith(':::') === true)
  if (!simple) return [{ ...command, words, to }]
  if (words.length > 0) return inputs.map((input) => withInput(command, words, input))
  const { why } = command
  return inputs.map((text, i) => {
    const word = to + 1 + i
    return { kind: 'code', language: 'sh', word, words: [word], text, parameters: [], why }
  })
}

function withInput(command: Command, words: Command['words'], input: string | null): Command {
  const { input: how, ...rest } = command
  const mark = how?.mark ?? '{}'
  const isMarked = words.some((word) => word?.includes(mark) === true)
  const filled = words.map((word) => (word?.includes(mark) === true ? replaced(word, mark, input) : word))
  return { ...rest, words: isMarked ? filled : [...words, input] }
}

function replaced(word: string, mark: string, input: string | null): string | null {
  return input === null ? null : word.replaceAll(mark, () => input)
}
