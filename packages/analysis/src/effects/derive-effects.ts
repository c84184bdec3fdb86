import type { Span } from '@chaperone/shell'
import type { ResolvedCommand } from '../evaluate/machine.ts'
import { absolute, baseName } from '../evaluate/paths.ts'
import { known, shown, textOf, unknown, unmarked, type Flow, type Value, mark } from '../evaluate/value.ts'
import { kindsOfValue, type PlaceKind } from '../places/places.ts'
import type { DerivedEffect } from './derived-effect.ts'
import { wordEffects } from './word-effects.ts'

/** Everything that the commands do: stated by the knowledge, by redirections, by carried code, and by what flows. */
export function deriveEffects(commands: readonly ResolvedCommand[]): readonly DerivedEffect[] {
  const seen = new Set<string>()
  const all = commands.flatMap((command, by) => effectsOf(command, by))
  return all.filter((effect) => {
    const key = `${effect.type}|${effect.place}|${effect.span.start}|${effect.by}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function effectsOf(command: ResolvedCommand, by: number): readonly DerivedEffect[] {
  const stated = command.classified.effects.flatMap((effect) => {
    const word = effect.words.at(-1)
    const field = word === undefined ? undefined : command.fields[word]
    const value =
      effect.place === null
        ? (field?.value ?? unknown('argument'))
        : effect.place === ''
          ? undefined
          : unmarked(effect.place, 'partly-known')
    return refine(command, by, effect.type, value, 'knowledge', field?.span ?? command.span, word)
  })
  const redirected = command.redirects.flatMap((redirect) => redirectEffects(command, by, redirect))
  const acts = command.acts.flatMap((act) => {
    const effects = refine(command, by, act.type, act.place, 'code', command.span, undefined)
    return effects.map((effect) => ({ ...effect, flows: [...effect.flows, ...act.flows] }))
  })
  const words = wordEffects(command).flatMap((one) =>
    refine(
      command,
      by,
      one.type,
      one.value,
      'word',
      command.fields[one.word]?.span ?? command.span,
      one.word,
    ),
  )
  return [...stated, ...redirected, ...acts, ...words, ...flowEffects(command, by)]
}

type Source = DerivedEffect['from']

const pathTypes =
  /^(read-file|read-credential|write-file|delete-data|list|config-change|exec-unknown-code|privilege-change|persistence|log-tamper|mount-change)$/

/** An effect on a place that matters is more than it says: writing `/etc/passwd` changes accounts. */
function refine(
  command: ResolvedCommand,
  by: number,
  type: string,
  given: Value | undefined,
  from: Source,
  span: Span,
  word: number | undefined,
): readonly DerivedEffect[] {
  const value = given && withoutAt(given)
  const looksLikePath =
    value !== undefined && pathTypes.test(type) && !/^[a-z]+:\/\//.test(textOf(value) ?? '')
  const place = looksLikePath ? absolute(value, command) : value
  const kinds = place === undefined ? [] : kindsOfValue(place)
  const base = {
    place: (place && shown(place)) ?? '',
    value: place,
    kinds,
    span,
    by,
    flows: flowsInto(command, type),
    from,
    word,
  }
  const local = type === 'network-egress' && /^file:/.test((given && textOf(given)) ?? '')
  const types = new Set([local ? 'read-file' : type, ...moreTypes(local ? 'read-file' : type, kinds)])
  if (type === 'read-file' && types.has('read-credential')) types.delete('read-file')
  if (type === 'exec-indirect' && shellPath.test((value && textOf(value)) ?? ''))
    return [
      { ...base, type },
      { ...base, type: 'spawn-shell', from: 'word' },
    ]
  return [...types].map((one) => ({ ...base, type: one }))
}

const shellPath = /^\/(usr\/)?bin\/(ba|da|z|k|c|tc)?sh(\s+-[ips]+)*$/

/** `@file` is how some programs write "the content of file"; `file:///path` is a path. */
function withoutAt(value: Value): Value {
  const text = textOf(value)
  if (text === undefined) return value
  const path = /^(?:file:\/\/|@)(?=\/|[\w.~-])(.*)$/s.exec(text)?.[1]
  return path === undefined || path === '-' ? value : known(path, value.flows)
}

/** What goes into a place: what the command was handed, and the files that it reads. */
function flowsInto(command: ResolvedCommand, type: string): readonly Flow[] {
  if (type !== 'write-file' && type !== 'network-egress' && type !== 'remote-exec') return []
  const read = command.classified.effects.flatMap((effect): readonly Flow[] =>
    effect.type === 'read-file' && effect.place ? [{ kind: 'file', of: unmarkedText(effect.place) }] : [],
  )
  return read.length === 0 ? command.flows : [...command.flows, ...read]
}

const unmarkedText = (text: string): string => text.replaceAll(mark, '…')

const onWrite: Readonly<Partial<Record<PlaceKind, readonly string[]>>> = {
  accounts: ['account-change'],
  privileges: ['privilege-change'],
  'login-keys': ['account-change', 'persistence'],
  schedule: ['schedule-change', 'persistence'],
  service: ['service-change', 'persistence'],
  'start-up': ['persistence'],
  preload: ['persistence'],
  defence: ['defense-tamper'],
  configuration: ['config-change'],
  program: ['config-change'],
  kernel: ['kernel-change'],
  disk: ['delete-data'],
}

function moreTypes(type: string, kinds: readonly PlaceKind[]): readonly string[] {
  if (type === 'read-file' || type === 'network-egress')
    return kinds.includes('credential') || kinds.includes('metadata-service') ? ['read-credential'] : []
  if (type === 'write-file') return kinds.flatMap((kind) => onWrite[kind] ?? [])
  if (type === 'delete-data')
    return kinds.flatMap((kind) =>
      kind === 'accounts' || kind === 'privileges' ? (onWrite[kind] ?? []) : [],
    )
  return []
}

function redirectEffects(
  command: ResolvedCommand,
  by: number,
  redirect: ResolvedCommand['redirects'][number],
): readonly DerivedEffect[] {
  const { operator, target, span } = redirect
  if (operator === '<<' || operator === '<<<') return []
  const text = shown(target) ?? ''
  if (/^\d+-?$|^-$/.test(text) && /&$/.test(operator)) return []
  if (/^\/dev\/(tcp|udp)\//.test(text))
    return refine(command, by, 'network-egress', target, 'redirect', span, undefined)
  if (/^\/dev\/(null|zero|stdout|stderr|tty|fd\/.*|full|u?random)$/.test(text)) return []
  const type = operator.startsWith('<') && operator !== '<>' ? 'read-file' : 'write-file'
  return refine(command, by, type, target, 'redirect', span, undefined)
}

/** What leaves through a command: secrets and files that flow into something that sends. */
function flowEffects(command: ResolvedCommand, by: number): readonly DerivedEffect[] {
  const sends =
    command.sink === 'network' ||
    command.classified.effects.some((effect) =>
      /^(network-egress|remote-exec|exfiltration)$/.test(effect.type),
    )
  if (!sends) return []
  return command.flows.flatMap((flow) => {
    if (flow.kind !== 'file') return []
    const value = known(flow.of)
    const kinds = kindsOfValue(value)
    if (!kinds.includes('credential') && !kinds.includes('history')) return []
    return [
      {
        type: 'exfiltration',
        place: flow.of,
        value,
        kinds,
        span: command.span,
        by,
        flows: [flow],
        from: 'flow' as const,
        word: undefined,
      },
    ]
  })
}

/** The program of a command, without its folder. */
export const programOf = (command: ResolvedCommand): string => {
  const first = command.fields[0]
  return baseName((first && textOf(first.value)) ?? '')
}
