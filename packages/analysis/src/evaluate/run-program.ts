import type { Span } from '@chaperone/shell'
import { classify } from '../knowledge/classify.ts'
import type { Classified } from '../knowledge/shape.ts'
import { isUntrustedFolder } from '../places/folders.ts'
import { filterOutput } from './filters/filter-output.ts'
import type { Act, Field, Io, Machine, ResolvedCommand } from './machine.ts'
import { runNested } from './nested.ts'
import { absolute, fileKey } from './paths.ts'
import { runScriptFile } from './script-file.ts'
import type { Scope } from './scope.ts'
import {
  addFlows,
  markedText,
  shown,
  textOf,
  unknown,
  unmarked,
  known,
  type Flow,
  type Value,
} from './value.ts'
import { keepFiles } from './written-files.ts'

/**
 * A word for the knowledge: what is not known of it is marked. One that may be several words, or an option, for all that
 * is known of its head, is not known at all.
 */
function asWord(field: Field): string | undefined {
  const text = markedText(field.value)
  return field.loose && text !== undefined && /^[\ue000*?[]/.test(text) ? textOf(field.value) : text
}

/** Notes a command down, with what is known about its words. */
export function record(
  machine: Machine,
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  extra: {
    readonly assignments: ResolvedCommand['assignments']
    readonly redirects: ResolvedCommand['redirects']
    readonly span: Span
    readonly acts?: readonly Act[]
    readonly local?: boolean
  },
): ResolvedCommand {
  const words = fields.map((field) => asWord(field) ?? null)
  const local = extra.local === true
  const classified = classify(local ? '' : ((fields[0] && textOf(fields[0].value)) ?? ''), words)
  const flows = fields.reduce<readonly Flow[]>(
    (all, field) => addFlows(all, field.value.flows),
    io.stdin?.flows ?? [],
  )
  const command: ResolvedCommand = {
    fields,
    span: extra.span,
    layer: io.layer,
    via: io.via,
    cwd: scope.cwd,
    assignments: extra.assignments,
    redirects: extra.redirects,
    stdin: io.stdin,
    sink: io.sink,
    sinkPlace: io.sinkPlace,
    conditional: io.conditional,
    looped: io.looped,
    background: io.background,
    classified,
    acts: extra.acts ?? [],
    flows,
    local,
  }
  machine.commands.push(command)
  return command
}

/** Runs a program: what it runs in turn is followed, what it writes and prints is remembered as far as it is known. */
export function runProgram(
  machine: Machine,
  fields: readonly Field[],
  scope: Scope,
  io: Io,
  extra: Parameters<typeof record>[4],
): Value {
  const command = record(machine, fields, scope, io, extra)
  const script = runOwnFile(machine, command, scope, io)
  if (script !== undefined) return script
  const nested = runNested(machine, command, scope, io)
  const reads = sourceFlows(command, scope)
  const flows = addFlows(command.flows, reads)
  const filtered = filterOutput(command, scope)
  keepFiles(command, filtered ?? unknown('printed-by-a-program', flows), flows, scope)
  if (filtered !== undefined) return addTo(filtered, flows)
  if (nested !== undefined) return addTo(nested, flows)
  return unknown('printed-by-a-program', flows)
}

const addTo = (value: Value, flows: readonly Flow[]): Value => ({
  ...value,
  flows: addFlows(value.flows, flows),
})

/** A program named by a path that the step itself wrote, or that lies where anybody may write. */
function runOwnFile(machine: Machine, command: ResolvedCommand, scope: Scope, io: Io): Value | undefined {
  const first = command.fields[0] as Field
  const name = textOf(first.value) ?? ''
  const written = writtenProgram(name, scope)
  if (written === undefined && !name.includes('/')) return undefined
  if (written === undefined && !isUntrustedFolder(name)) return undefined
  const path = written ?? first.value
  const parameters = command.fields.slice(1).map((field) => field.value)
  return runScriptFile(machine, { path, language: 'own', span: first.span, parameters }, scope, io)
}

function writtenProgram(name: string, scope: Scope): Value | undefined {
  if (!name.includes('/')) return undefined
  const key = fileKey(known(name), scope)
  return key !== undefined && scope.files.has(key) ? known(name) : undefined
}

const sourceTypes = new Set(['read-file', 'read-credential', 'list'])

/** What a command's output may hold: the files that it reads and the addresses that it asks. */
function sourceFlows(command: ResolvedCommand, scope: Scope): readonly Flow[] {
  return command.classified.effects.flatMap((effect): readonly Flow[] => {
    if (effect.type === 'network-egress' || effect.type === 'remote-exec')
      return [{ kind: 'network', of: effect.place ?? '' }]
    if (!sourceTypes.has(effect.type) || effect.type === 'list') return []
    const place = effectPlace(effect, command, scope)
    return place === undefined ? [] : [{ kind: 'file', of: place }]
  })
}

/** Where an effect takes place, from its template or from the value of the word it comes from. */
export function effectPlace(
  effect: Classified['effects'][number],
  command: Pick<ResolvedCommand, 'fields'>,
  scope: Scope,
): string | undefined {
  if (effect.place !== null)
    return effect.place === ''
      ? undefined
      : (shown(absolute(unmarked(effect.place, 'partly-known'), scope)) ?? effect.place)
  const last = effect.words.at(-1)
  const field = last === undefined ? undefined : command.fields[last]
  return field && shown(absolute(field.value, scope))
}
