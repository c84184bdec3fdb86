import type { Finding, Level, Unknown } from '../analysis.ts'
import { groupOf, type DerivedEffect } from '../effects/derived-effect.ts'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { explainCommand } from './explain-command.ts'

const most = 4

/** One plain sentence for the whole step. */
export function summarise(
  commands: readonly ResolvedCommand[],
  effects: readonly DerivedEffect[],
  findings: readonly Finding[],
  unknown: readonly Unknown[],
  level: Level,
): string {
  const actions = actionsOf(commands)
  const danger = findings.find((finding) => finding.level === 'stop')
  const first = danger === undefined ? '' : `Danger: ${danger.message}. `
  const missing = unknown[0] === undefined ? '' : ` It cannot be known from here: ${unknown[0].what}`
  if (actions.length === 0)
    return `${first}${level === 'opaque' ? 'What this step does cannot be told from its text.' : 'Does nothing that leaves a trace.'}${missing}`.trim()
  return `${first}${joined(actions)}${tail(commands, effects, unknown, danger !== undefined)}${missing === '' ? '' : `.${missing}`}`
}

function actionsOf(commands: readonly ResolvedCommand[]): readonly string[] {
  const carried = commands.filter((command) => !isWrapperOnly(command, commands))
  const sentences = carried
    .filter((command) => command.fields.length > 0 || command.redirects.length > 0)
    .map(explainCommand)
  return [...new Set(sentences)]
}

/** `sudo x`: what matters is `x`. */
const isWrapperOnly = (command: ResolvedCommand, commands: readonly ResolvedCommand[]): boolean =>
  command.classified.nested.length > 0 &&
  command.classified.effects.length === 0 &&
  commands.some(
    (other) =>
      other !== command && other.via.length > command.via.length && other.span.start >= command.span.start,
  )

function joined(sentences: readonly string[]): string {
  const shown = sentences
    .slice(0, most)
    .map((sentence, i) => (i === 0 ? sentence : sentence.slice(0, 1).toLowerCase() + sentence.slice(1)))
  const more = sentences.length - shown.length
  const last =
    more > 0
      ? `and does ${more} more ${more === 1 ? 'thing' : 'things'}`
      : shown.length > 1
        ? `then ${shown.pop()}`
        : undefined
  return last === undefined ? shown.join('') : `${shown.join('; ')}; ${last}`
}

/** What did not happen can only be said when everything is modelled. */
function tail(
  commands: readonly ResolvedCommand[],
  effects: readonly DerivedEffect[],
  unknown: readonly Unknown[],
  danger: boolean,
): string {
  const modelled = commands.every(
    ({ classified, local, fields }) =>
      local ||
      fields.length === 0 ||
      (classified.tier === 'modelled' && classified.unknownOptions.length === 0),
  )
  if (unknown.length > 0 || danger || !modelled) return ''
  const groups = new Set(effects.map((effect) => groupOf(effect.type)))
  if (groups.has('changes')) return '; nothing else is changed'
  return groups.has('sends') || groups.has('runs') ? '' : '; nothing is changed'
}
