import type { Assignment, Command, Script, Statement, Word } from '@chaperone/shell'
import { evaluateArithmetic } from './arithmetic.ts'
import { expandPattern, expandWhole, expandWords, maybe, names } from './expand.ts'
import { matches } from './glob.ts'
import { caps, placeOf, step, type Io, type Machine } from './machine.ts'
import { applyRedirects } from './redirects.ts'
import { copyScope, mergeInto, variable, type Scope } from './scope.ts'
import { concat, known, oneOf, textOf, textsOf, unknown, withFlows, type Value } from './value.ts'
import { setVariable } from './variables.ts'
import { runSimple } from './run-simple.ts'

const nothing = known('')

export function runScript(machine: Machine, script: Script, scope: Scope, io: Io): Value {
  return runStatements(machine, script.statements, scope, io)
}

/** Runs statements after each other and gives what they print. */
export function runStatements(
  machine: Machine,
  statements: readonly Statement[],
  scope: Scope,
  io: Io,
): Value {
  let output = nothing
  for (const statement of statements) {
    const inside = statement.background ? { ...io, background: true } : io
    // A command in the background has a shell of its own, but files that it writes are there for the next one.
    const own = statement.background ? copyScope(scope) : scope
    output = after(output, runCommand(machine, statement.command, own, inside))
    if (statement.background) for (const [path, file] of own.files) scope.files.set(path, file)
  }
  return output
}

/** What is printed one after the other: only known texts stay known. */
function after(left: Value, right: Value): Value {
  if (textOf(left) === '') return withFlows(right, left.flows)
  const joined = concat(left, right)
  return joined.kind === 'pattern' ? unknown(joined.reason, joined.flows) : joined
}

export function runCommand(machine: Machine, command: Command, scope: Scope, io: Io): Value {
  if (!step(machine, placeOf(command.span, io))) return unknown('too-much-to-follow')
  if (command.kind === 'simple') return runSimple(machine, command, scope, io)
  if (command.redirects.length === 0) return runCompound(machine, command, scope, io)
  const redirected = applyRedirects(machine, command.redirects, scope, io)
  const output = runCompound(machine, command, scope, redirected.io)
  return redirected.finish(output)
}

type Compound = Exclude<Command, { kind: 'simple' }>

function runCompound(machine: Machine, command: Compound, scope: Scope, io: Io): Value {
  switch (command.kind) {
    case 'pipeline':
      return runPipeline(machine, command.commands, scope, io)
    case 'and-or':
      return runAndOr(machine, command, scope, io)
    case 'block':
      return command.subshell
        ? inSubshell(scope, (own) => runStatements(machine, command.body, own, io))
        : runStatements(machine, command.body, scope, io)
    case 'if':
      return runIf(machine, command, scope, io)
    case 'for':
      return runFor(machine, command, scope, io)
    case 'counting-for': {
      for (const expression of command.expressions) evaluateArithmetic(expression, names(machine, scope, io))
      return runLoop(machine, [command.body], scope, io)
    }
    case 'while':
      return runLoop(machine, [command.condition, command.body], scope, io)
    case 'case':
      return runCase(machine, command, scope, io)
    case 'function':
      scope.functions.set(command.name, command.body)
      return nothing
    case 'coprocess': {
      const inside = { ...io, background: true, sink: 'pipe' as const, stdin: unknown('written-to-it') }
      inSubshell(scope, (own) => runCommand(machine, command.body, own, inside))
      return nothing
    }
    case 'test':
      for (const word of command.words) expandWhole(machine, word, scope, io)
      if (command.operators.some((operator) => /^-(eq|ne|lt|le|gt|ge|v)$/.test(operator)))
        checkSubscripts(machine, command.words, scope, io)
      return nothing
    case 'arithmetic-command':
      if (command.expression) evaluateArithmetic(command.expression, names(machine, scope, io))
      return nothing
  }
}

/** `[[ x -eq $y ]]` evaluates its words as arithmetic, which runs what stands in a subscript. */
function checkSubscripts(machine: Machine, words: readonly Word[], scope: Scope, io: Io): void {
  for (const word of words) {
    const text = textOf(expandWhole(machine, word, scope, io))
    if (text !== undefined) names(machine, scope, io).text({ kind: 'operand', text, parts: [] })
  }
}

function inSubshell(scope: Scope, run: (own: Scope) => Value): Value {
  const own = copyScope(scope)
  const output = run(own)
  for (const [path, file] of own.files) scope.files.set(path, file)
  return output
}

function runPipeline(machine: Machine, commands: readonly Command[], scope: Scope, io: Io): Value {
  if (commands.length === 1) return runCommand(machine, commands[0] as Command, scope, io)
  let stdin = io.stdin
  let output = nothing
  commands.forEach((command, i) => {
    const last = i === commands.length - 1
    const inside: Io = last ? { ...io, stdin } : { ...io, stdin, sink: 'pipe', sinkPlace: undefined }
    output = inSubshell(scope, (own) => runCommand(machine, command, own, inside))
    stdin = output
  })
  return output
}

function runAndOr(
  machine: Machine,
  command: Extract<Command, { kind: 'and-or' }>,
  scope: Scope,
  io: Io,
): Value {
  let output = runCommand(machine, command.commands[0] as Command, scope, io)
  let current = scope
  const branches: Scope[] = []
  command.operators.forEach((operator, i) => {
    const certain = operator === '&&' && alwaysSucceeds(command.commands[i] as Command)
    const before = current
    if (!certain) {
      // After `&&` the chain goes on in what the command left; after `||` in either.
      current = copyScope(current)
      branches.push(before)
    }
    const inside = certain ? io : { ...io, conditional: true }
    const right = runCommand(machine, command.commands[i + 1] as Command, current, inside)
    output = certain ? after(output, right) : maybeAfter(output, right)
    if (operator === '||' && !certain) mergeInto(current, before)
  })
  if (current !== scope) mergeInto(scope, current)
  for (const branch of branches) if (branch !== scope) mergeInto(scope, branch)
  return output
}

const maybeAfter = (left: Value, right: Value): Value => {
  if (textOf(right) === '') return withFlows(left, right.flows)
  if (textOf(left) === '') return withFlows(right, left.flows)
  return unknown('under-a-condition', [...left.flows, ...right.flows])
}

const sureCommands = new Set([
  'true',
  ':',
  'export',
  'declare',
  'alias',
  'echo',
  'printf',
  'unset',
  'shopt',
  'set',
])

function alwaysSucceeds(command: Command): boolean {
  if (command.kind === 'function') return true
  if (command.kind !== 'simple') return false
  const first = command.words[0]
  if (first === undefined) return command.redirects.length === 0 && !command.assignments.some(substitutes)
  return first.kind === 'word' && sureCommands.has(first.text) && command.redirects.length === 0
}

const substitutes = (assignment: Assignment): boolean =>
  assignment.value.kind === 'word' && assignment.value.parts.some((part) => part.kind === 'command')

function runIf(machine: Machine, command: Extract<Command, { kind: 'if' }>, scope: Scope, io: Io): Value {
  const inside: Io = { ...io, conditional: true }
  const flows: Value[] = []
  const ends: Scope[] = []
  for (const branch of command.branches) {
    flows.push(runStatements(machine, branch.condition, scope, io))
    const own = copyScope(scope)
    flows.push(runStatements(machine, branch.body, own, inside))
    ends.push(own)
  }
  flows.push(runStatements(machine, command.otherwise, scope, inside))
  for (const end of ends) mergeInto(scope, end)
  return unknownOf('under-a-condition', flows)
}

function unknownOf(reason: string, values: readonly Value[]): Value {
  if (values.every((value) => textOf(value) === '')) return withFlowsOf(nothing, values)
  return withFlowsOf(unknown(reason), values)
}

const withFlowsOf = (value: Value, from: readonly Value[]): Value =>
  from.reduce((all, one) => withFlows(all, one.flows), value)

function runFor(machine: Machine, command: Extract<Command, { kind: 'for' }>, scope: Scope, io: Io): Value {
  const inside: Io = { ...io, looped: true }
  const fields = command.words && expandWords(machine, command.words, scope, io)
  const values = fields?.map((field) => field.value) ?? scope.positional
  const loose = fields?.some((field) => field.loose) ?? scope.positional === undefined
  const ends = command.body.some((statement) => mentionsBreak(statement.command))
  const bounded = !loose && !ends && !command.select && values !== undefined
  if (!bounded || values.length > caps.unroll) {
    scope.variables.set(command.name, variable(eachOf(values, loose)))
    return runLoop(machine, [command.body], scope, inside)
  }
  let output = nothing
  for (const value of values) {
    setVariable(scope, command.name, value)
    output = after(output, runStatements(machine, command.body, scope, inside))
  }
  return output
}

function eachOf(values: readonly Value[] | undefined, loose: boolean): Value {
  const texts = values?.map(textsOf)
  const only = values?.length === 1 ? values[0] : undefined
  if (only !== undefined) return loose && only.kind === 'known' ? unknown('loop-value', only.flows) : only
  if (texts === undefined || loose || texts.some((one) => one === undefined))
    return withFlowsOf(unknown('loop-value'), values ?? [])
  return oneOf(texts.flatMap((one) => one ?? []))
}

function mentionsBreak(command: Command): boolean {
  if (command.kind !== 'simple') return false
  const first = command.words[0]
  return first?.kind === 'word' && /^(break|continue|exit|return)$/.test(first.text)
}

/** A body that runs some times: what it sets is not known before it, in it or after it. */
function runLoop(machine: Machine, bodies: readonly (readonly Statement[])[], scope: Scope, io: Io): Value {
  const before = copyScope(scope)
  for (const body of bodies) havoc(body, scope)
  const outputs: Value[] = []
  for (const body of bodies) outputs.push(runStatements(machine, body, scope, { ...io, looped: true }))
  mergeInto(scope, before)
  return unknownOf('printed-in-a-loop', outputs)
}

function havoc(statements: readonly Statement[], scope: Scope): void {
  for (const name of assignedIn(statements)) setVariable(scope, name, unknown('changes-in-a-loop'))
}

function assignedIn(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap((statement) => assignedBy(statement.command))
}

function assignedBy(command: Command): readonly string[] {
  switch (command.kind) {
    case 'simple':
      return [...command.assignments, ...command.words].flatMap((one) =>
        one.kind === 'assignment' ? [one.name] : [],
      )
    case 'pipeline':
    case 'and-or':
      return command.commands.flatMap(assignedBy)
    case 'block':
    case 'for':
    case 'counting-for':
      return assignedIn(command.body)
    case 'while':
      return [...assignedIn(command.condition), ...assignedIn(command.body)]
    case 'if':
      return [
        ...command.branches.flatMap((one) => assignedIn([...one.condition, ...one.body])),
        ...assignedIn(command.otherwise),
      ]
    case 'case':
      return command.items.flatMap((item) => assignedIn(item.body))
    default:
      return []
  }
}

function runCase(machine: Machine, command: Extract<Command, { kind: 'case' }>, scope: Scope, io: Io): Value {
  const text = textOf(expandWhole(machine, command.word, scope, io))
  const inside: Io = { ...io, conditional: true }
  const outputs: Value[] = []
  let falling = false
  for (const item of command.items) {
    const patterns = item.patterns.map((word) => expandPattern(machine, word, scope, io))
    const open = text === undefined || patterns.some((one) => one === undefined)
    const fits = text !== undefined && patterns.some((one) => one !== undefined && matches(text, one, true))
    if (!open && !fits && !falling) continue
    if (!open) {
      outputs.push(runStatements(machine, item.body, scope, io))
      falling = item.fallsThrough
      if (!falling) break
    } else maybe(scope, (own) => outputs.push(runStatements(machine, item.body, own, inside)))
  }
  return unknownOf('under-a-condition', outputs)
}
