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
import { newScope, type Session } from './scope.ts'

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

/** Follows shell text without running anything. */
export function evaluate(text: string, session: Session): Evaluation {
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
    session: { files: scope.files, account: session.account },
  }
}
