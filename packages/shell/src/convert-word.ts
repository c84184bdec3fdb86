import { parse } from 'unbash'
import type {
  ArithmeticExpression,
  CommandExpansionPart,
  DoubleQuotedChild,
  ParameterExpansionPart,
  ParameterOperation as ForeignOperation,
  Word as ForeignWord,
  WordPart,
} from 'unbash'
import { report, spanOf, type Reading } from './reading.ts'
import { sequenceWords, splitBraces, type Alternative } from './split-braces.ts'
import type { Arithmetic, Parameter, ParameterOperation, Part, Span, Word } from './tree.ts'

export function convertWord(word: ForeignWord, reading: Reading): Word {
  const span = spanOf(word, reading)
  return { kind: 'word', text: word.text, parts: partsOf(word, span, reading), span }
}

function partsOf(word: ForeignWord, span: Span, reading: Reading): readonly Part[] {
  const foreign = word.parts
  if (foreign === undefined) return plainParts(word.value, word.text, span)
  const parts = foreign.flatMap((part) => convertPart(part, reading))
  const first = parts[0]
  if (first?.kind !== 'text' || !word.text.startsWith('~')) return parts
  return [...plainParts(first.text, word.text, first.span), ...parts.slice(1)]
}

/** Text without quotes; a tilde at its head stands for a home folder, an escaped one does not. */
function plainParts(value: string, text: string, span: Span): readonly Part[] {
  if (!text.startsWith('~')) return value === '' ? [] : [{ kind: 'text', text: value, quoted: false, span }]
  const slash = value.indexOf('/')
  const user = value.slice(1, slash < 0 ? undefined : slash)
  const tilde: Part = { kind: 'tilde', user, span }
  return slash < 0 ? [tilde] : [tilde, { kind: 'text', text: value.slice(slash), quoted: false, span }]
}

function convertPart(part: WordPart, reading: Reading): readonly Part[] {
  const span = spanOf(part, reading)
  switch (part.type) {
    case 'Literal':
      return [{ kind: 'text', text: part.value, quoted: part.text !== part.value, span }]
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [{ kind: 'text', text: part.value, quoted: true, span }]
    case 'DoubleQuoted':
    case 'LocaleString':
      return quotedParts(part.parts, span, reading)
    case 'Glob':
      return [{ kind: 'glob', pattern: part.text, span }]
    case 'ExtendedGlob':
      return [{ kind: 'glob', pattern: part.text, span }, ...nestedCommands(part.parts ?? [], reading)]
    case 'BraceExpansion':
      return [convertBraces(part.text, part.pos, span, reading)]
    default:
      return [convertExpansion(part, false, span, reading)]
  }
}

function quotedParts(children: readonly DoubleQuotedChild[], span: Span, reading: Reading): readonly Part[] {
  if (children.length === 0) return [{ kind: 'text', text: '', quoted: true, span }]
  return children.map((child) =>
    child.type === 'Literal'
      ? { kind: 'text', text: child.value, quoted: true, span: spanOf(child, reading) }
      : convertExpansion(child, true, spanOf(child, reading), reading),
  )
}

/** Commands inside a pattern run, whatever the pattern is worth. */
function nestedCommands(parts: readonly WordPart[], reading: Reading): readonly Part[] {
  return parts.flatMap((part) => convertPart(part, reading)).filter((part) => part.kind === 'command')
}

type Expansion = Exclude<
  WordPart | DoubleQuotedChild,
  | { type: 'Literal' | 'SingleQuoted' | 'AnsiCQuoted' | 'DoubleQuoted' | 'LocaleString' | 'Glob' }
  | {
      type: 'ExtendedGlob' | 'BraceExpansion'
    }
>

function convertExpansion(part: Expansion, quoted: boolean, span: Span, reading: Reading): Part {
  switch (part.type) {
    case 'SimpleExpansion': {
      const name = part.text.slice(1)
      return { kind: 'parameter', parameter: plainParameter(name), quoted, span }
    }
    case 'ParameterExpansion':
      return { kind: 'parameter', parameter: convertParameter(part, reading), quoted, span }
    case 'CommandExpansion':
      return { kind: 'command', script: nested(part, span, reading), quoted, span }
    case 'ArithmeticExpansion': {
      const expression = part.expression && convertArithmetic(part.expression, reading)
      return { kind: 'arithmetic', expression, quoted, span }
    }
    case 'ProcessSubstitution': {
      const direction = part.operator === '<' ? 'read' : 'write'
      return { kind: 'process', direction, script: nested(part, span, reading), span }
    }
  }
}

const plainParameter = (name: string): Parameter => ({
  name,
  indirect: false,
  length: false,
  index: undefined,
  operation: undefined,
})

function nested(part: Pick<CommandExpansionPart, 'script'>, span: Span, reading: Reading) {
  const script = part.script
  if (script === undefined) {
    reading.errors.push({ kind: 'syntax', message: 'a substitution that cannot be read', span })
    return { kind: 'script' as const, statements: [], span }
  }
  const { source } = script
  const inside: Reading = {
    ...reading,
    depth: reading.depth + 1,
    ...(source === undefined ? {} : { text: source, fixed: reading.fixed ?? span }),
  }
  return reading.script(script, inside)
}

function convertParameter(part: ParameterExpansionPart, reading: Reading): Parameter {
  return {
    name: part.parameter,
    indirect: part.prefix === '!',
    length: part.prefix === '#',
    index: part.index && convertWord(part.index, reading),
    operation: part.operation && convertOperation(part.operation, reading),
  }
}

function convertOperation(operation: ForeignOperation, reading: Reading): ParameterOperation {
  const word = (foreign: ForeignWord) => convertWord(foreign, reading)
  switch (operation.type) {
    case 'Default':
      return { kind: 'default', operator: operation.operator, word: word(operation.operand) }
    case 'Remove':
      return { kind: 'remove', operator: operation.operator, pattern: word(operation.operand) }
    case 'Replace': {
      const { operator, pattern, replacement } = operation
      return { kind: 'replace', operator, pattern: word(pattern), by: word(replacement) }
    }
    case 'Slice':
      return {
        kind: 'slice',
        offset: word(operation.offset),
        length: operation.length && word(operation.length),
      }
    case 'CaseModification':
      return {
        kind: 'case',
        operator: operation.operator,
        pattern: operation.operand && word(operation.operand),
      }
    case 'Transform':
      return { kind: 'transform', operator: operation.operand.text }
    case 'Names':
      return { kind: 'names' }
    case 'Unknown':
      return { kind: 'unknown' }
  }
}

export function convertArithmetic(expression: ArithmeticExpression, reading: Reading): Arithmetic {
  const of = (foreign: ArithmeticExpression) => convertArithmetic(foreign, reading)
  switch (expression.type) {
    case 'ArithmeticWord': {
      const parts = expression.parts?.flatMap((part) => convertPart(part, reading)) ?? []
      return { kind: 'operand', text: expression.value, parts }
    }
    case 'ArithmeticBinary': {
      const { operator, left, right } = expression
      return { kind: 'binary', operator, left: of(left), right: of(right) }
    }
    case 'ArithmeticUnary': {
      const { operator, operand, prefix } = expression
      return { kind: 'unary', operator, operand: of(operand), prefix }
    }
    case 'ArithmeticTernary': {
      const { test, consequent, alternate } = expression
      return { kind: 'choice', test: of(test), yes: of(consequent), no: of(alternate) }
    }
    case 'ArithmeticGroup':
      return of(expression.expression)
    case 'ArithmeticCommandExpansion':
      return { kind: 'substitution', script: nested(expression, spanOf(expression, reading), reading) }
  }
}

/** Bash expands braces before anything else, on the text: each alternative is read as a word of its own. */
function convertBraces(text: string, pos: number, span: Span, reading: Reading): Part {
  const alternatives = splitBraces(text)
  if (alternatives.length === 1) {
    const words = sequenceWords(text, reading.limits.braceWords)
    if (words === undefined) return { kind: 'brace', text, alternatives: [], span }
    const read = words.map((word): Part[] => [{ kind: 'text', text: word, quoted: true, span }])
    return { kind: 'brace', text, alternatives: read, span }
  }
  const inside = { ...reading, depth: reading.depth + 1 }
  const read = alternatives.map((alternative) => readAlternative(alternative, pos, span, inside))
  return { kind: 'brace', text, alternatives: read, span }
}

const before = '_ '

function readAlternative(
  alternative: Alternative,
  pos: number,
  span: Span,
  reading: Reading,
): readonly Part[] {
  if (alternative.text === '') return []
  const parsed = parse(before + alternative.text)
  for (const error of parsed.errors ?? []) report({ ...error, pos }, reading)
  const command = parsed.commands[0]?.command
  const words = command?.type === 'Command' ? command.suffix : []
  const offset = reading.offset + pos + alternative.start - before.length
  return words
    .flatMap((word) =>
      word.type === 'Word'
        ? convertWord(word, { ...reading, offset, fixed: reading.fixed ?? undefined }).parts
        : [],
    )
    .map((part) => (reading.fixed === undefined ? part : { ...part, span }))
}
