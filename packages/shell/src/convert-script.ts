import type {
  Assignment as ForeignAssignment,
  CommandNode,
  CompoundList,
  ParsedScript,
  PipelineNode,
  AndOr as ForeignAndOr,
  Redirection,
  Statement as ForeignStatement,
  TestExpression,
  Word as ForeignWord,
} from 'unbash'
import { convertArithmetic, convertWord } from './convert-word.ts'
import { report, spanOf, type Reading } from './reading.ts'
import type { ArrayValue, Assignment, Command, Part, Redirect, Script, Statement, Word } from './tree.ts'

export const deepest = 200

export function convertScript(script: ParsedScript, reading: Reading): Script {
  for (const error of script.errors ?? []) report(error, reading)
  const span = spanOf(script, reading)
  return { kind: 'script', statements: convertStatements(script.commands, reading), span }
}

function convertStatements(statements: readonly ForeignStatement[], reading: Reading): readonly Statement[] {
  if (reading.depth > deepest) {
    const span = reading.fixed ?? { start: reading.offset, end: reading.offset + reading.text.length }
    reading.errors.push({ kind: 'limit', message: `nested more than ${deepest} deep`, span })
    return []
  }
  return statements.map((statement) => ({
    command: convertCommand(statement.command, reading),
    background: statement.background === true,
    span: spanOf(statement, reading),
  }))
}

function convertCommand(command: PipelineNode | ForeignAndOr, reading: Reading): Command {
  const inside: Reading = { ...reading, depth: reading.depth + 1 }
  const span = spanOf(command, reading)
  const list = (body: CompoundList) => convertStatements(body.commands, inside)
  const node = { span, redirects: [] }
  switch (command.type) {
    case 'Command':
      return convertSimple(command, reading)
    case 'Pipeline':
      return {
        ...node,
        kind: 'pipeline',
        negated: command.prefixes.some((prefix) => prefix.type === 'Negation'),
        timed: command.prefixes.some((prefix) => prefix.type === 'Time'),
        commands: command.commands.map((one) => convertCommand(one, inside)),
      }
    case 'AndOr': {
      const commands = command.commands.map((one) => convertCommand(one, inside))
      return { ...node, kind: 'and-or', commands, operators: command.operators }
    }
    case 'Redirected': {
      const redirects = command.redirects.map((one) => convertRedirect(one, reading))
      return { ...convertCommand(command.command, inside), redirects, span }
    }
    case 'BraceGroup':
      return { ...node, kind: 'block', subshell: false, body: list(command.body) }
    case 'Subshell':
      return { ...node, kind: 'block', subshell: true, body: list(command.body) }
    case 'Coproc':
      return { ...node, kind: 'coprocess', body: convertBody(command.body, inside) }
    case 'Function':
      return { ...node, kind: 'function', name: command.name.value, body: convertBody(command.body, inside) }
    default:
      return { ...convertCompound(command, inside), span }
  }
}

type Compound = Extract<
  CommandNode,
  {
    type: 'If' | 'For' | 'Select' | 'ArithmeticFor' | 'While' | 'Case' | 'TestCommand' | 'ArithmeticCommand'
  }
>

function convertCompound(command: Compound, reading: Reading): Command {
  const list = (body: CompoundList | undefined) => convertStatements(body?.commands ?? [], reading)
  const word = (foreign: ForeignWord) => convertWord(foreign, reading)
  const node = { span: spanOf(command, reading), redirects: [] }
  switch (command.type) {
    case 'If': {
      const branches = [command, ...command.elif]
      return {
        ...node,
        kind: 'if',
        branches: branches.map((one) => ({ condition: list(one.clause), body: list(one.then) })),
        otherwise: list(command.else),
      }
    }
    case 'For':
    case 'Select':
      return {
        ...node,
        kind: 'for',
        select: command.type === 'Select',
        name: command.name.value,
        words: command.wordlist?.map(word),
        body: list(command.body),
      }
    case 'ArithmeticFor': {
      const all = [command.initialize, command.test, command.update].filter((one) => one !== undefined)
      const expressions = all.map((one) => convertArithmetic(one, reading))
      return { ...node, kind: 'counting-for', expressions, body: list(command.body) }
    }
    case 'While':
      return { ...node, kind: 'while', condition: list(command.clause), body: list(command.body) }
    case 'Case':
      return {
        ...node,
        kind: 'case',
        word: word(command.word),
        items: command.items.map((item) => ({
          patterns: item.pattern.map(word),
          body: list(item.body),
          fallsThrough: item.terminator === ';&' || item.terminator === ';;&',
        })),
      }
    case 'TestCommand':
      return { ...node, kind: 'test', ...testWords(command.expression, reading) }
    case 'ArithmeticCommand': {
      const expression = command.expression && convertArithmetic(command.expression, reading)
      return { ...node, kind: 'arithmetic-command', expression }
    }
  }
}

function convertBody(body: CommandNode | CompoundList, reading: Reading): Command {
  if (body.type !== 'CompoundList') return convertCommand(body, reading)
  const statements = convertStatements(body.commands, reading)
  return { kind: 'block', subshell: false, body: statements, span: spanOf(body, reading), redirects: [] }
}

function testWords(
  expression: TestExpression,
  reading: Reading,
): { readonly words: readonly Word[]; readonly operators: readonly string[] } {
  switch (expression.type) {
    case 'TestUnary':
      return { words: [convertWord(expression.operand, reading)], operators: [expression.operator] }
    case 'TestBinary': {
      const words = [convertWord(expression.left, reading), convertWord(expression.right, reading)]
      return { words, operators: [expression.operator] }
    }
    case 'TestLogical': {
      const all = expression.operands.map((operand) => testWords(operand, reading))
      return {
        words: all.flatMap((one) => one.words),
        operators: [...all.flatMap((one) => one.operators), expression.operator],
      }
    }
    case 'TestNot':
      return testWords(expression.operand, reading)
    case 'TestGroup':
      return testWords(expression.expression, reading)
  }
}

type ForeignSimple = Extract<CommandNode, { type: 'Command' }>

function convertSimple(command: ForeignSimple, reading: Reading): Command {
  const assignments: Assignment[] = []
  const redirects: Redirect[] = []
  const words: (Word | Assignment)[] = []
  for (const one of command.prefix) {
    if (one.type === 'Assignment') assignments.push(convertAssignment(one, reading))
    else redirects.push(convertRedirect(one, reading))
  }
  if (command.name !== undefined) words.push(convertWord(command.name, reading))
  for (const one of command.suffix) {
    if (one.type === 'Word') words.push(convertWord(one, reading))
    else if (one.type === 'Assignment') words.push(convertAssignment(one, reading))
    else redirects.push(convertRedirect(one, reading))
  }
  const joined = joinSubstitutions(words, reading)
  return { kind: 'simple', assignments, words: joined, redirects, span: spanOf(command, reading) }
}

/** `--x=<(cmd)` is one word to bash, several to the parser: what touches a process substitution belongs to it. */
function joinSubstitutions(
  words: readonly (Word | Assignment)[],
  reading: Reading,
): readonly (Word | Assignment)[] {
  if (reading.fixed !== undefined) return words
  const joined: (Word | Assignment)[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (last?.kind === 'word' && word.kind === 'word' && touches(last, word)) {
      const span = { start: last.span.start, end: word.span.end }
      joined[joined.length - 1] = {
        kind: 'word',
        text: last.text + word.text,
        parts: [...last.parts, ...word.parts],
        span,
      }
    } else joined.push(word)
  }
  return joined
}

const touches = (left: Word, right: Word): boolean =>
  left.span.end === right.span.start &&
  (right.parts[0]?.kind === 'process' || left.parts.at(-1)?.kind === 'process')

function convertAssignment(assignment: ForeignAssignment, reading: Reading): Assignment {
  const { value, index } = assignment
  return {
    kind: 'assignment',
    name: assignment.name,
    append: assignment.append === true,
    index: index && convertWord(index, reading),
    value: value.type === 'Word' ? convertWord(value, reading) : convertArray(value, reading),
    span: spanOf(assignment, reading),
  }
}

function convertArray(
  array: Extract<ForeignAssignment['value'], { type: 'ArrayValue' }>,
  reading: Reading,
): ArrayValue {
  const elements = array.elements.map((element) => {
    const word = convertWord(element, reading)
    const key = /^\[([^\]]*)\]=/.exec(element.text)
    if (key === null) return { key: undefined, word }
    return { key: key[1] ?? '', word: { ...word, parts: withoutHead(word.parts, key[0].length) } }
  })
  return { kind: 'array', elements, span: spanOf(array, reading) }
}

function withoutHead(parts: readonly Part[], length: number): readonly Part[] {
  let left = length
  return parts.flatMap((part) => {
    if (left === 0) return [part]
    const text = part.kind === 'text' ? part.text : part.kind === 'glob' ? part.pattern : ''
    const cut = Math.min(left, text.length)
    left -= cut
    return part.kind === 'text' && cut < text.length ? [{ ...part, text: text.slice(cut) }] : []
  })
}

function convertRedirect(redirect: Redirection, reading: Reading): Redirect {
  const span = spanOf(redirect, reading)
  const descriptor =
    redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : redirect.descriptor?.name
  if (redirect.type === 'HereDoc') return hereDocument(redirect, descriptor, reading)
  if (redirect.target === undefined)
    reading.errors.push({ kind: 'syntax', message: 'a redirection without a target', span })
  const target: Word =
    redirect.target === undefined
      ? { kind: 'word', text: '', parts: [], span }
      : convertWord(redirect.target, reading)
  return { kind: 'redirect', operator: redirect.operator, descriptor, target, literal: false, span }
}

function hereDocument(
  redirect: Extract<Redirection, { type: 'HereDoc' }>,
  descriptor: Redirect['descriptor'],
  reading: Reading,
): Redirect {
  const span = spanOf(redirect, reading)
  const { body, delimiter, closing } = redirect
  if (closing === undefined || delimiter === undefined) {
    const name = delimiter?.value ?? ''
    reading.errors.push({
      kind: 'open-here-document',
      message: `the here-document \`${name}\` is not closed`,
      span,
    })
  }
  const where = spanOf(body, reading)
  const literal = delimiter?.quoted === true
  const parts: readonly Part[] =
    literal || body.parts === undefined
      ? [{ kind: 'text', text: literal ? body.text : unescapeBody(body.text), quoted: true, span: where }]
      : convertWord(
          { type: 'Word', text: '', value: '', pos: body.pos, end: body.end, parts: body.parts },
          reading,
        ).parts
  const quoted = parts.map((part) => (hasQuoting(part) ? { ...part, quoted: true } : part))
  const shown = redirect.operator === '<<-' ? withoutTabs(quoted) : quoted
  const target: Word = { kind: 'word', text: body.text, parts: shown, span: where }
  return { kind: 'redirect', operator: '<<', descriptor, target, literal, span }
}

const hasQuoting = (part: Part): part is Extract<Part, { quoted: boolean }> => 'quoted' in part

const unescapeBody = (text: string): string =>
  text.replace(/\\([\\$`\n])/g, (_, c: string) => (c === '\n' ? '' : c))

/** `<<-` takes the tabs at the head of each line away. */
function withoutTabs(parts: readonly Part[]): readonly Part[] {
  return parts.map((part, i) => {
    if (part.kind !== 'text') return part
    const text = part.text.replace(/\n\t+/g, '\n')
    return { ...part, text: i === 0 ? text.replace(/^\t+/, '') : text }
  })
}
