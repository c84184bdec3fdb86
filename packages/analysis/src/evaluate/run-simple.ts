import type { Assignment, SimpleCommand, Word } from '@chaperone/shell'
import { builtins, isBuiltin } from './builtins.ts'
import { environmentCode } from './environment-code.ts'
import { expandWhole, expandWord, splitText } from './expand.ts'
import { cannotKnow, caps, placeOf, type Field, type Io, type Machine } from './machine.ts'
import { applyRedirects } from './redirects.ts'
import { record, runProgram } from './run-program.ts'
import { copyScope, mergeInto, type Scope } from './scope.ts'
import { concat, known, textOf, textsOf, unknown, type Value } from './value.ts'
import { readVariable, setArray, setElement, setVariable } from './variables.ts'

const nothing = known('')

export function runSimple(machine: Machine, command: SimpleCommand, scope: Scope, io: Io): Value {
  const aliased = expandAlias(machine, command, scope, io)
  if (aliased !== undefined) return aliased
  const expanded = command.words.flatMap((word) => fieldsOf(machine, word, scope, io))
  const name = textOf(expanded[0]?.value ?? nothing)
  const lasting = name === 'exec' && expanded.length === 1
  const redirected = applyRedirects(machine, command.redirects, scope, io, lasting)
  if (expanded.length === 0) {
    for (const one of command.assignments) assign(machine, one, scope, io)
    bare(machine, command, scope, { ...redirected.io, redirects: redirected.resolved })
    return redirected.finish(nothing)
  }
  // Assignments before a command hold for it alone; a function or built-in sees them too.
  const own = command.assignments.length === 0 ? scope : copyScope(scope)
  for (const one of command.assignments) assign(machine, one, own, io)
  const extra: Circumstances = {
    assignments: assignmentsOf(command.assignments, own, io),
    redirects: redirected.resolved,
    span: placeOf(command.span, io),
  }
  const output = runFields(machine, expanded, own, redirected.io, extra)
  if (own !== scope) keepWhatLasts(scope, own, command.assignments)
  return redirected.finish(output)
}

/** What a command has besides its words. */
export type Circumstances = Parameters<typeof record>[4]

function keepWhatLasts(scope: Scope, own: Scope, assignments: readonly Assignment[]): void {
  for (const one of assignments) {
    const before = scope.variables.get(one.name)
    if (before === undefined) own.variables.delete(one.name)
    else own.variables.set(one.name, before)
  }
  for (const [name, value] of own.variables) scope.variables.set(name, value)
  for (const [path, file] of own.files) scope.files.set(path, file)
  for (const [name, value] of own.functions) scope.functions.set(name, value)
  scope.cwd = own.cwd
}

function fieldsOf(machine: Machine, word: Word | Assignment, scope: Scope, io: Io): readonly Field[] {
  if (word.kind === 'word') return expandWord(machine, word, scope, io)
  assign(machine, word, scope, io)
  const value = word.value.kind === 'array' ? unknown('array') : expandWhole(machine, word.value, scope, io)
  const span = placeOf(word.span, io)
  return [{ value: concat(known(`${word.name}=`), value), span, typed: word.name, loose: false }]
}

function assignmentsOf(assignments: readonly Assignment[], scope: Scope, io: Io) {
  return assignments.map((one) => ({
    name: one.name,
    value: readVariable(scope, one.name),
    span: placeOf(one.span, io),
  }))
}

/** Only assignments and redirections: `x=1`, `> file`. */
function bare(
  machine: Machine,
  command: SimpleCommand,
  scope: Scope,
  io: Io & { readonly redirects: Circumstances['redirects'] },
): void {
  const assignments = assignmentsOf(command.assignments, scope, io)
  const { redirects } = io
  record(machine, [], scope, io, { assignments, redirects, span: placeOf(command.span, io) })
}

function assign(machine: Machine, assignment: Assignment, scope: Scope, io: Io): void {
  const { name } = assignment
  if (assignment.value.kind === 'array') {
    assignArray(machine, assignment, assignment.value.elements, scope, io)
    return
  }
  const value = expandWhole(machine, assignment.value, scope, io)
  if (assignment.index !== undefined) {
    const key = textOf(expandWhole(machine, assignment.index, scope, io))
    if (key === undefined) setVariable(scope, name, unknown('unknown-index', value.flows))
    else setElement(scope, name, key, value)
    return
  }
  const whole = assignment.append ? concat(readVariable(scope, name), value) : value
  setVariable(scope, name, whole)
  environmentCode(machine, name, whole, scope, { ...io, span: placeOf(assignment.span, io) })
}

function assignArray(
  machine: Machine,
  assignment: Assignment,
  elements: readonly { readonly key: string | undefined; readonly word: Word }[],
  scope: Scope,
  io: Io,
): void {
  const before = assignment.append ? scope.variables.get(assignment.name)?.elements : undefined
  const values = new Map<string, Value>(before ?? [])
  let next = values.size
  for (const { key, word } of elements) {
    if (key !== undefined) {
      values.set(key.replace(/^["']|["']$/g, ''), expandWhole(machine, word, scope, io))
      continue
    }
    const fields = expandWord(machine, word, scope, io)
    if (fields.some((field) => field.loose)) {
      scope.variables.set(assignment.name, {
        value: unknown('array', fields[0]?.value.flows),
        elements: undefined,
        exported: false,
      })
      return
    }
    for (const field of fields) {
      values.set(String(next), field.value)
      next += 1
    }
  }
  setArray(scope, assignment.name, values)
}

function expandAlias(machine: Machine, command: SimpleCommand, scope: Scope, io: Io): Value | undefined {
  const first = command.words[0]
  if (scope.aliases.size === 0 || first?.kind !== 'word') return undefined
  const text = scope.aliases.get(first.text)
  if (text === undefined) return undefined
  const rest = command.words.slice(1).map((word) => (word.kind === 'word' ? word.text : `${word.name}=`))
  const own = copyScope(scope)
  own.aliases.delete(first.text)
  const span = placeOf(command.span, io)
  const code = {
    language: 'sh',
    text: known([text, ...rest].join(' ')),
    how: `the alias ${first.text}`,
    span,
    inPlace: true,
    positional: undefined,
  }
  const output = machine.runCode(machine, code, own, io)
  mergeInto(scope, own)
  return output
}

/** Runs words as a command: a function, a built-in or a program; one of several when the name is one of several. */
export function runFields(
  machine: Machine,
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  extra?: Circumstances,
): Value {
  const first = fields[0]
  if (first === undefined) return nothing
  const circumstances: Circumstances = extra ?? { assignments: [], redirects: [], span: first.span }
  const names = textsOf(first.value)
  if (names === undefined) return runUnknown(machine, fields, scope, io, circumstances)
  if (names.length > 1) return runOneOf(machine, names, fields, scope, io, circumstances)
  const name = names[0] ?? ''
  if (name === '')
    return fields.length > 1 && !first.typed.includes('"')
      ? runFields(machine, fields.slice(1), scope, io, circumstances)
      : nothing
  if (first.value.flows.some((flow) => flow.kind === 'glob'))
    cannotKnow(machine, 'program-not-known', first.span, first.typed)
  if (/^![^\s=]/.test(name)) cannotKnow(machine, 'history', first.span, name)
  const local = scope.functions.get(name)
  if (local !== undefined) return callFunction(machine, local, fields, scope, io, circumstances)
  const hashed = scope.hashed.get(name)
  if (hashed !== undefined) {
    const renamed = [{ ...first, value: hashed }, ...fields.slice(1)]
    return runProgram(machine, renamed, scope, io, circumstances)
  }
  if (isBuiltin(name)) return runBuiltin(machine, name, fields, scope, io, circumstances)
  return runProgram(machine, fields, scope, io, circumstances)
}

function runBuiltin(
  machine: Machine,
  name: string,
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  circumstances: Circumstances,
): Value {
  const builtin = builtins[name]
  record(machine, fields, scope, io, circumstances)
  return builtin?.(machine, fields, scope, io) ?? nothing
}

function runOneOf(
  machine: Machine,
  names: readonly string[],
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  circumstances: Circumstances,
): Value {
  const outputs = names.map((name) => {
    const branch = copyScope(scope)
    const [first, ...rest] = fields as [Field, ...Field[]]
    const chosen = { ...first, value: known(name, first.value.flows), loose: false }
    const split = splitText(name, ' \t\n').filter((piece) => piece !== '')
    const words = first.loose
      ? split.map((text) => ({ ...chosen, value: known(text, first.value.flows) }))
      : [chosen]
    const output = runFields(
      machine,
      [...words, ...rest],
      branch,
      { ...io, conditional: true },
      circumstances,
    )
    mergeInto(scope, branch)
    return output
  })
  return unknown(
    'under-a-condition',
    outputs.flatMap((one) => one.flows),
  )
}

function runUnknown(
  machine: Machine,
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  circumstances: Circumstances,
): Value {
  const first = fields[0] as Field
  const place = first.value
  const type = place.flows.some((flow) => flow.kind === 'network') ? 'download-exec' : 'exec-unknown-code'
  const acts = [{ type, place, flows: place.flows }]
  record(machine, fields, scope, io, { ...circumstances, acts })
  cannotKnow(machine, 'program-not-known', first.span, first.typed)
  return unknown(
    'printed-by-a-program',
    fields.flatMap((field) => field.value.flows),
  )
}

function callFunction(
  machine: Machine,
  body: Parameters<Machine['runCommand']>[1] | 'unknown',
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  circumstances: Circumstances,
): Value {
  record(machine, fields, scope, io, { ...circumstances, local: true })
  if (body === 'unknown' || scope.depth >= caps.calls) {
    cannotKnow(machine, 'too-much-to-follow', circumstances.span)
    return unknown('too-much-to-follow')
  }
  const own: Scope = {
    ...scope,
    depth: scope.depth + 1,
    positional: fields.slice(1).map((field) => field.value),
  }
  const output = machine.runCommand(machine, body, own, io)
  scope.cwd = own.cwd
  return output
}
