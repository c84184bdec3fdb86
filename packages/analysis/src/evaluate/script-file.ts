import type { Span } from '@chaperone/shell'
import { cannotKnow, type Io, type Machine } from './machine.ts'
import { contentOf } from './redirects.ts'
import { fileKey } from './paths.ts'
import type { Scope } from './scope.ts'
import { shown, textOf, unknown, type Value } from './value.ts'

export interface ScriptFile {
  readonly path: Value
  /** `own`: what its first line says. */
  readonly language: string
  readonly span: Span
  readonly parameters: readonly Value[]
}

/** Runs a file: its text when the step wrote it, otherwise it is a script that nobody has shown. */
export function runScriptFile(machine: Machine, file: ScriptFile, scope: Scope, io: Io): Value {
  const name = shown(file.path) ?? ''
  const key = fileKey(file.path, scope)
  const content = contentOf(file.path, scope)
  const written = key !== undefined && scope.files.has(key)
  const from = [...content.flows, ...file.path.flows]
  const text = textOf(content)
  if (written && text === undefined && name.startsWith('/dev/fd/')) {
    const code = {
      language: 'sh',
      text: content,
      how: 'printed by other commands',
      span: file.span,
      inPlace: false,
      positional: file.parameters,
    }
    return machine.runCode(machine, code, scope, io)
  }
  if (!written || text === undefined) {
    if (isInstalled(name, from)) {
      addAct(machine, 'exec-indirect', file.path, from)
      return unknown('printed-by-a-program', from)
    }
    const fetched = from.some((flow) => flow.kind === 'network')
    if (fetched || !worksOnData.has(file.language))
      cannotKnow(machine, fetched ? 'downloaded-code' : 'script-not-shown', file.span, name)
    addAct(machine, fetched ? 'download-exec' : 'exec-unknown-code', file.path, from)
    return unknown('printed-by-a-program', from)
  }
  const language = file.language === 'own' ? languageOf(text) : file.language
  const code = {
    language,
    text: content,
    how: `the file ${name}`,
    span: file.span,
    inPlace: false,
    positional: file.parameters,
  }
  return machine.runCode(machine, code, scope, { ...io, via: [...io.via, name] })
}

/** A script of the system, or one that every login of the account runs anyway. */
function isInstalled(name: string, from: Value['flows']): boolean {
  if (from.some((flow) => flow.kind === 'network' || flow.kind === 'decoded')) return false
  if (/^\/(usr|bin|sbin|etc|lib|opt)\//.test(name)) return true
  return (
    /^(~|\/root|\/home\/[^/]+)\/(\.(bash|zsh)rc|\.(bash_|z)?profile|\.nvm\/nvm\.sh|.*\/bin\/activate)$/.test(
      name,
    ) || /(^|\/)bin\/activate$/.test(name)
  )
}

/**
 * Tables and statements that nobody has shown: what they change is not known, but they work on their own data. They are
 * as serious as what they may change.
 */
export const worksOnData: ReadonlySet<string> = new Set([
  'crontab',
  'sql',
  'psql',
  'mysql',
  'sqlite',
  'awk',
  'sed',
])

/** Adds to what the last noted command does. */
export function addAct(machine: Machine, type: string, place: Value, flows: Value['flows']): void {
  const last = machine.commands.length - 1
  const command = machine.commands[last]
  if (command !== undefined)
    machine.commands[last] = { ...command, acts: [...command.acts, { type, place, flows }] }
}

function languageOf(text: string): string {
  const first = /^#!\s*(?:\/usr\/bin\/env\s+(?:-S\s+)?)?(?:\S*\/)?(\w+)/.exec(text)?.[1] ?? 'sh'
  const name = first.replace(/[\d.]+$/, '')
  return /^(ba|da|z|k|a)?sh$/.test(name) ? 'sh' : name
}
