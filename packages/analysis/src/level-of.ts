import type { Finding, Level } from './analysis.ts'
import type { DerivedEffect } from './effects/derived-effect.ts'
import type { ResolvedCommand } from './evaluate/machine.ts'

const order: readonly Level[] = ['routine', 'notable', 'high-impact', 'opaque', 'stop']

export const higher = (a: Level, b: Level): Level => (order.indexOf(a) >= order.indexOf(b) ? a : b)

/** What an effect is by itself: only rules make more of it. */
const effectLevels: Readonly<Record<string, Level>> = {
  'read-file': 'routine',
  list: 'routine',
  'query-only': 'routine',
  'exec-indirect': 'routine',
  'write-file': 'notable',
  'config-change': 'notable',
  'service-change': 'notable',
  'network-egress': 'notable',
  'display-deception': 'notable',
  obfuscation: 'notable',
}

/** How serious an effect is. What is not in the table is the kind of change that administrators make with care. */
export function effectLevel(effect: DerivedEffect): Level {
  if (effect.type === 'write-file' && (effect.kinds.length > 0 || effect.place === ''))
    return effect.kinds.length > 0 ? 'high-impact' : 'notable'
  if (effect.type === 'config-change' && effect.place !== '' && !/[/~.]/.test(effect.place))
    return 'high-impact'
  return effectLevels[effect.type] ?? 'high-impact'
}

/** How serious a command is by what is known of its program. */
export function commandLevel(command: ResolvedCommand): Level {
  if (command.local || command.fields.length === 0) return 'routine'
  if (command.classified.tier !== 'modelled') return 'high-impact'
  return command.classified.unknownOptions.length > 0
    ? higher('notable', command.classified.level ?? 'notable')
    : (command.classified.level ?? 'routine')
}

/** A command that reads a file and connects to somewhere sends it there. */
function sendsFiles(effects: readonly DerivedEffect[]): boolean {
  const senders = new Set(
    effects.filter((one) => one.type === 'network-egress' && one.from === 'knowledge').map((one) => one.by),
  )
  return effects.some((one) => one.type === 'read-file' && one.from === 'knowledge' && senders.has(one.by))
}

export function levelOf(
  commands: readonly ResolvedCommand[],
  effects: readonly DerivedEffect[],
  findings: readonly Finding[],
  cannotBeKnown: boolean,
): Level {
  const levels: Level[] = [
    ...commands.map(commandLevel),
    ...effects.map(effectLevel),
    ...(sendsFiles(effects) ? (['high-impact'] as const) : []),
    ...findings.map((finding) => finding.level),
    ...(cannotBeKnown ? (['opaque'] as const) : []),
  ]
  return levels.reduce(higher, 'routine')
}
