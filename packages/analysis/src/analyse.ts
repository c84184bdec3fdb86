import { fromUtf8 } from '@chaperone/encoding'
import type { AnalysedCommand, Analysis, Declared, Effect, Level, Span, Unknown } from './analysis.ts'
import { compareDeclared } from './declared/compare-declared.ts'
import { findDisguise } from './disguise/find-disguise.ts'
import { groupOf, type DerivedEffect } from './effects/derived-effect.ts'
import { deriveEffects } from './effects/derive-effects.ts'
import { unknownParts } from './effects/unknown-parts.ts'
import { evaluate, type CarriedFile, type Evaluation } from './evaluate/evaluate.ts'
import type { OpaquePart, ResolvedCommand } from './evaluate/machine.ts'
import type { Session } from './evaluate/scope.ts'
import { mark, textOf } from './evaluate/value.ts'
import { explainCommand } from './explain/explain-command.ts'
import { explainWords } from './explain/explain-words.ts'
import { reasons } from './explain/phrases.ts'
import { questionsFor } from './explain/questions.ts'
import { summarise } from './explain/summarise.ts'
import { levelOf } from './level-of.ts'
import { findingsOf } from './rules/index.ts'

export const engine = 'bash-1'
export const knowledge = 'linux-1'

/** Where a step comes in its order: what the steps before it left, as whom it runs, what the order declared. */
export interface StepContext {
  readonly session?: Session
  readonly declared?: readonly Declared[]
  /** Files that come with the step: it finds them in `$CHAPERONE_FILES`. */
  readonly files?: readonly { readonly name: string; readonly content: Uint8Array }[]
}

export interface AnalysedStep {
  readonly analysis: Analysis
  /** For the step after it. */
  readonly session: Session
}

export const firstSession = (account?: string): Session => ({ files: new Map(), account })

const mostUnits = 1024 * 1024

/** Analyses one step's bytes. */
export function analyse(interpreter: string, bytes: Uint8Array, context: StepContext = {}): Analysis {
  return analyseStep(interpreter, bytes, context).analysis
}

/** Analyses one step and gives what the next one finds. It never throws for what stands in the bytes. */
export function analyseStep(interpreter: string, bytes: Uint8Array, context: StepContext = {}): AnalysedStep {
  const session = context.session ?? firstSession()
  const text = bytes.length > mostUnits * 4 ? undefined : fromUtf8(bytes)
  if (text === undefined)
    return { analysis: notAnalysed('', bytes.length > mostUnits * 4 ? 'too-long' : 'not-text', ''), session }
  return analyseText(interpreter, text, { ...context, session })
}

/** The same for text; offsets are those of this text. */
export function analyseText(interpreter: string, text: string, context: StepContext = {}): AnalysedStep {
  const session = context.session ?? firstSession()
  if (interpreter !== 'bash' && interpreter !== 'sh')
    return { analysis: notAnalysed(text, 'interpreter-not-analysed', interpreter), session }
  if (text.length > mostUnits) return { analysis: notAnalysed(text, 'too-long', ''), session }
  if (text.trim() === '') return { analysis: notAnalysed(text, 'empty', ''), session }
  if (!text.isWellFormed()) return { analysis: notAnalysed(text, 'not-text', ''), session }
  const evaluation = evaluate(text, session, carriedFiles(context.files ?? []))
  return { analysis: assemble(text, evaluation, context.declared), session: evaluation.session }
}

/** Their text, where they are text. */
const carriedFiles = (files: NonNullable<StepContext['files']>): readonly CarriedFile[] =>
  files.map(({ name, content }) => ({
    name,
    text: content.length > mostUnits ? undefined : fromUtf8(content),
  }))

function notAnalysed(text: string, reason: string, about: string): Analysis {
  const { findings } = findDisguise(text.slice(0, mostUnits))
  const span = { start: 0, end: text.length }
  const unknown = unknownOf([{ reason, span, about }])
  return {
    engine,
    knowledge,
    level: findings.length > 0 ? 'stop' : 'opaque',
    summary: summarise([], [], findings, unknown, 'opaque'),
    commands: [],
    effects: [],
    findings,
    words: {
      total: text
        .slice(0, mostUnits)
        .split(/\s+/)
        .filter((word) => word !== '').length,
      explained: 0,
    },
    explained: [],
    opaque: [{ reason, span }],
    layers: [],
    unknown,
    undeclared: [],
    questions: [],
  }
}

function assemble(text: string, evaluation: Evaluation, declared: readonly Declared[] | undefined): Analysis {
  const { commands } = evaluation
  const disguise = findDisguise(text)
  const derived = deriveEffects(commands)
  const opaqueParts = [
    ...evaluation.opaque,
    ...unknownParts(commands),
    ...disguise.opaque.map((one) => ({ ...one, about: '' })),
  ]
  const findings = [
    ...disguise.findings,
    ...shellFindings(text, evaluation),
    ...findingsOf({ commands, effects: derived, text }),
  ]
  const level = levelOf(commands, derived, findings, opaqueParts.length > 0)
  const effects = shownEffects(
    derived,
    commands,
    findings.some((one) => one.rule === 'disguised-text') ? disguise.findings : [],
    findings,
  )
  const unknown = unknownOf(opaqueParts)
  const explained = explainWords(commands, text)
  return {
    engine,
    knowledge,
    level,
    summary: clean(summarise(commands, derived, findings, unknown, level)),
    commands: commands
      .filter((command) => command.fields.length > 0)
      .map((command) => shownCommand(command, text)),
    effects,
    findings,
    words: { total: explained.length, explained: explained.filter((word) => word.explanation !== '').length },
    explained,
    opaque: opaqueParts.map(({ reason, span }) => ({ reason, span })),
    layers: evaluation.layers.slice(1).map((layer) => ({ ...layer, text: clean(layer.text) })),
    unknown,
    undeclared: declared === undefined ? [] : compareDeclared(declared, effects),
    questions: asks(level) ? questionsFor(effects, text) : [],
  }
}

/** What the shell itself makes of the text. */
function shellFindings(text: string, { refused, unfinished }: Evaluation): Analysis['findings'] {
  const level = 'high-impact' as const
  const whole = { start: 0, end: text.length }
  const message = 'the shell refuses this text as it stands: nothing of it runs'
  return [
    ...(refused ? [{ rule: 'refused-by-the-shell', level, message, techniques: [], span: whole }] : []),
    ...unfinished.map((span) => ({
      rule: 'unfinished-text',
      level,
      message:
        'the end of a text that is handed to a command is missing: everything after it belongs to that text',
      techniques: [],
      span,
    })),
  ]
}

const asks = (level: Level): boolean => level === 'high-impact' || level === 'stop' || level === 'opaque'

const clean = (text: string): string =>
  (text.includes(mark) ? text.replaceAll(mark, '…') : text).toWellFormed()

const argvOf = (command: ResolvedCommand): readonly (string | null)[] =>
  command.fields.map((field) => {
    const text = textOf(field.value)
    return text === undefined ? null : clean(text)
  })

function shownCommand(command: ResolvedCommand, text: string): AnalysedCommand {
  const argv = argvOf(command)
  const typed = command.fields.map((field) =>
    command.layer === 0 ? text.slice(field.span.start, field.span.end) : field.typed,
  )
  const differs = command.layer !== 0 || typed.some((word, i) => word !== argv[i])
  const { span, via, layer } = command
  return {
    argv,
    typed: differs ? typed : null,
    span,
    explanation: clean(explainCommand(command)),
    via,
    layer,
  }
}

function shownEffects(
  derived: readonly DerivedEffect[],
  commands: readonly ResolvedCommand[],
  disguises: Analysis['findings'],
  findings: Analysis['findings'],
): readonly Effect[] {
  const shown = derived.map((effect): Effect => {
    const command = commands[effect.by]
    const { type, span } = effect
    return {
      type,
      place: clean(effect.place),
      span,
      group: groupOf(type),
      argv: command === undefined ? [] : argvOf(command),
    }
  })
  const extra = [
    ...disguises.map((finding) => plain('display-deception', finding.span)),
    ...findings
      .filter((finding) => finding.rule === 'hidden-code')
      .map((finding) => plain('obfuscation', finding.span)),
    ...findings
      .filter((finding) => finding.rule === 'history-off')
      .map((finding) => plain('log-tamper', finding.span)),
  ]
  return [...shown, ...extra]
}

const plain = (type: string, span: Span): Effect => ({
  type,
  place: '',
  span,
  group: groupOf(type),
  argv: [],
})

function unknownOf(parts: readonly OpaquePart[]): readonly Unknown[] {
  return parts.map(({ reason, span, about }) => {
    const known = reasons[reason]
    const what = known?.what(clean(about)) ?? reason
    return { what, remedy: known?.remedy ?? 'ask the technician', span }
  })
}
