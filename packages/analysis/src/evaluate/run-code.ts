import { parseBash } from '@chaperone/shell'
import { readCode, type CodeReading } from '../code/read-code.ts'
import { caps, cannotKnow, type Code, type Io, type Machine } from './machine.ts'
import { withPlaceholders } from './nested.ts'
import { copyScope, type Scope } from './scope.ts'
import { addAct, runScriptFile, worksOnData } from './script-file.ts'
import { known, textOf, unknown, type Value } from './value.ts'

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash'])

/** Runs a carried text: shell text is followed, other languages are read as far as they are simple. */
export function runCode(machine: Machine, code: Code, scope: Scope, io: Io): Value {
  const text = textOf(code.text) ?? withPlaceholders(code.text)
  if (text === undefined) return runUnknownCode(machine, code)
  if (layerDepth(machine, io.layer) >= caps.layers || machine.layers.length > 200) {
    cannotKnow(machine, 'too-much-to-follow', code.span)
    return unknown('too-much-to-follow')
  }
  const span = io.span ?? code.span
  const { language, how } = code
  machine.layers.push({ text, language, how, span, parent: io.layer })
  const inside: Io = { ...io, layer: machine.layers.length - 1, span }
  if (!shells.has(language))
    return runForeign(
      machine,
      { ...code, text: known(text, code.text.flows) },
      readCode(language, text),
      scope,
      inside,
    )
  const parsed = parseBash(text)
  const wrong = parsed.errors.find((error) => error.kind !== 'open-here-document')
  if (wrong !== undefined) cannotKnow(machine, 'syntax', span, wrong.message)
  const own = code.inPlace ? scope : childScope(scope, code)
  const output = machine.runScript(machine, parsed.script, own, inside)
  if (!code.inPlace) for (const [path, file] of own.files) scope.files.set(path, file)
  return output
}

function runUnknownCode(machine: Machine, code: Code): Value {
  const fetched = code.text.flows.some((flow) => flow.kind === 'network')
  if (!fetched && worksOnData.has(code.language)) {
    addAct(machine, 'exec-unknown-code', code.text, code.text.flows)
    return unknown('printed-by-a-program', code.text.flows)
  }
  if (!fetched && printsForShell(machine, code)) {
    addAct(machine, 'exec-indirect', code.text, code.text.flows)
    return unknown('printed-by-a-program', code.text.flows)
  }
  addAct(machine, fetched ? 'download-exec' : 'exec-unknown-code', code.text, code.text.flows)
  cannotKnow(machine, fetched ? 'downloaded-code' : 'code-from-unknown-value', code.span, code.language)
  return unknown('printed-by-a-program', code.text.flows)
}

const generators = /^(ssh-agent|gpg-agent|dircolors|resize|locale|modulecmd|keychain)$/
const generating =
  /^(completions?|init|hook|shellenv|shell-init|docker-env|podman-env|env|--completion|virtualenv-init|activate)$/

/** Programs of the system that print text for a shell to run, as `ssh-agent -s` does: that is what they are for. */
function printsForShell(machine: Machine, code: Code): boolean {
  if (code.text.flows.some((flow) => flow.kind === 'file' || flow.kind === 'input')) return false
  const printers = machine.commands.filter(
    (command) => command.sink === 'captured' || command.sink === 'pipe',
  )
  const inside = printers.filter(
    (command) => command.span.start >= code.span.start && command.span.end <= code.span.end,
  )
  if (inside.length !== 1) return false
  const words = (inside[0]?.fields ?? []).map((field) => textOf(field.value) ?? '')
  const program = words[0] ?? ''
  if (program.includes('/') && !/^\/(usr\/)?(local\/)?bin\//.test(program)) return false
  return (
    generators.test(program.slice(program.lastIndexOf('/') + 1)) ||
    words.slice(1, 3).some((word) => generating.test(word))
  )
}

function layerDepth(machine: Machine, layer: number): number {
  let depth = 0
  for (let at = layer; at > 0; at = machine.layers[at]?.parent ?? 0) depth += 1
  return depth
}

/** A shell of its own sees only what is exported. */
function childScope(scope: Scope, code: Code): Scope {
  const own = copyScope(scope)
  for (const [name, variable] of own.variables) if (!variable.exported) own.variables.delete(name)
  own.functions.clear()
  own.aliases.clear()
  const [zero, ...rest] = code.positional ?? []
  own.zero = zero ?? known('bash')
  own.positional = code.positional === undefined ? undefined : rest
  return own
}

function runForeign(machine: Machine, code: Code, reading: CodeReading, scope: Scope, io: Io): Value {
  const { flows } = code.text
  for (const fact of reading.facts) {
    const place = fact.place === undefined ? unknown('not-constant') : known(fact.place)
    addAct(machine, fact.type, place, flows)
  }
  if (!reading.understood) {
    addAct(machine, 'exec-unknown-code', known(code.language), flows)
    cannotKnow(machine, 'language-not-followed', code.span, code.language)
  }
  let output: Value | undefined
  for (const text of reading.commands) {
    addAct(machine, 'exec-indirect', known(text), flows)
    const nested: Code = {
      ...code,
      language: 'sh',
      text: known(text, flows),
      how: `run by ${code.language}`,
      positional: [],
    }
    output = runCode(machine, nested, scope, io)
  }
  for (const path of reading.scripts)
    runScriptFile(machine, { path: known(path), language: 'own', span: code.span, parameters: [] }, scope, io)
  if (reading.printed !== undefined) return known(reading.printed, flows)
  return output ?? unknown('printed-by-a-program', flows)
}
