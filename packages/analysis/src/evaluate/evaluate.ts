import { parseBash, surelyRefused, type Span } from '@chaperone/shell'
import {
  cannotKnow,
  caps,
  type Io,
  type Layer,
  type Machine,
  type OpaquePart,
  type ResolvedCommand,
} from './machine.ts'
import { runCode } from './run-code.ts'
import { runCommand, runScript, runStatements } from './run-script.ts'
import { runFields } from './run-simple.ts'
import { newScope, variable, type Scope, type Session } from './scope.ts'
import { known, unknown } from './value.ts'

/** What a text comes to when it is followed word by word. */
export interface Evaluation {
  readonly commands: readonly ResolvedCommand[]
  readonly opaque: readonly OpaquePart[]
  readonly layers: readonly Layer[]
  /** The shell does not run any of it. */
  readonly refused: boolean
  /** Here-documents whose end is missing: all that is left is taken for their text. */
  readonly unfinished: readonly Span[]
  /** What the steps after it find. */
  readonly session: Session
}

/** A file that comes with the step. */
export interface CarriedFile {
  readonly name: string
  /** Absent when it is not text. */
  readonly text: string | undefined
}

/** The real folder has a name of its own in every run; what lies in it is the same. */
const carriedFolder = '/run/chaperone/files'

function addCarried(scope: Scope, carried: readonly CarriedFile[]): void {
  scope.variables.set('CHAPERONE_FILES', variable(known(carriedFolder), true))
  for (const { name, text } of carried) {
    const content = text === undefined ? unknown('not-text') : known(text)
    scope.files.set(`${carriedFolder}/${name}`, { content, executable: true })
  }
}

/** Follows shell text without running anything. */
export function evaluate(text: string, session: Session, carried: readonly CarriedFile[] = []): Evaluation {
  const machine: Machine = {
    commands: [],
    opaque: [],
    layers: [{ text, language: 'sh', how: 'the step', span: { start: 0, end: text.length }, parent: 0 }],
    budget: { steps: caps.steps, fields: caps.fields * 8, decoded: caps.decoded },
    runScript,
    runStatements,
    runCommand,
    runFields,
    runCode,
  }
  const { script, errors } = parseBash(text)
  const refused = errors.length > 0 && surelyRefused(text)
  const unfinished = errors.filter((error) => error.kind === 'open-here-document')
  for (const error of errors)
    if (!refused && error.kind !== 'open-here-document')
      cannotKnow(machine, 'syntax', error.span, error.message)
  const scope = newScope(session)
  addCarried(scope, carried)
  const io: Io = {
    stdin: undefined,
    sink: 'shown',
    sinkPlace: undefined,
    layer: 0,
    span: undefined,
    via: [],
    conditional: false,
    looped: false,
    background: false,
  }
  try {
    runScript(machine, script, scope, io)
  } catch (failure) {
    // A text built to exhaust the stack: what was not reached is not known.
    if (!(failure instanceof RangeError)) throw failure
    cannotKnow(machine, 'too-much-to-follow', script.span)
  }
  const { commands, opaque, layers } = machine
  return {
    commands,
    opaque,
    layers,
    refused,
    unfinished: unfinished.map((error) => error.span),
    session: { files: withoutCarried(scope.files), account: session.account },
  }
}

/** Files that came with a step are gone after it. */
const withoutCarried = (files: Session['files']): Session['files'] =>
  new Map(
    [...files].filter(([path]) => !path.startsWith(`${carriedFolder}/`) && !path.startsWith('/dev/fd/')),
  )
