import type { OpaquePart, ResolvedCommand } from '../evaluate/machine.ts'
import { baseName } from '../evaluate/paths.ts'
import { markedText, shown, textOf } from '../evaluate/value.ts'
import { isUntrustedFolder, isWorldWritable } from '../places/folders.ts'
import { kindsOfPath, type PlaceKind } from '../places/places.ts'

const privileged = /^(sudo|doas|pkexec|su|runuser)\b/
const critical: readonly PlaceKind[] = [
  'privileges',
  'login-keys',
  'schedule',
  'service',
  'start-up',
  'preload',
  'accounts',
]
const builders =
  /^(g?make|cmake|ninja|ant|mvn|gradle|npm|npx|yarn|pnpm|cargo|go|rake|bundle|composer|ansible-playbook|docker-compose|rustc|gcc|cc|tsc|scons|meson|bazel)$/

/** What cannot be known of a command although every word of it is: code or settings that nobody has shown. */
export function unknownParts(commands: readonly ResolvedCommand[]): readonly OpaquePart[] {
  return commands.flatMap((command) => [
    ...interactive(command),
    ...settings(command),
    ...unmodelled(command),
  ])
}

/** A pager or an editor with other rights is a way to a shell with these rights. */
function interactive(command: ResolvedCommand): readonly OpaquePart[] {
  if (!command.via.some((name) => privileged.test(name))) return []
  const inside = command.classified.effects.some(
    (effect) => effect.type === 'spawn-shell' && /^inside the pager/.test(effect.place ?? ''),
  )
  const name = nameOf(command)
  return inside && command.sink === 'shown'
    ? [{ reason: 'interactive', span: command.span, about: name }]
    : []
}

const nameOf = (command: ResolvedCommand): string =>
  baseName((command.fields[0] && textOf(command.fields[0].value)) ?? '')

/** Options in a file, rules in a folder, where anybody may have put them. */
function settings(command: ResolvedCommand): readonly OpaquePart[] {
  const name = nameOf(command)
  const words = command.fields.map((field) => markedText(field.value) ?? '')
  return words.flatMap((word, i) => {
    const span = command.fields[i]?.span ?? command.span
    const options = name === 'curl' && /^(-\w*K|--config)$/.test(words[i - 1] ?? '') && word !== '-'
    if (options) return [{ reason: 'settings-not-shown', span, about: word }]
    const path = word.replace(/^-{1,2}[\w-]*=?(?=\/)/, '')
    return i > 0 && builders.test(name) && isWorldWritable(path)
      ? [{ reason: 'script-not-shown', span, about: word }]
      : []
  })
}

/** A program that is not modelled, on a place that decides who may do what or what runs by itself; or with code of its own. */
function unmodelled(command: ResolvedCommand): readonly OpaquePart[] {
  if (command.local || command.fields.length === 0 || command.classified.tier === 'modelled') return []
  const name = nameOf(command)
  if (
    /^(echo|printf|\[|test|:|\$|bind|source|\.|export|cd|declare|alias|read|readarray|eval|exec|visudo|cat|less|nano)$/.test(
      name,
    ) ||
    name === ''
  )
    return []
  return command.fields.slice(1).flatMap((field): readonly OpaquePart[] => {
    const text = shown(field.value) ?? ''
    const path = /(?:^|[=:@,|\s"'(])((?:~|\/)[^\s,;:"')|]+)/.exec(text)?.[1]
    if (path === undefined || /^\w+:\/\//.test(text)) return []
    if (kindsOfPath(path).some((kind) => critical.includes(kind)))
      return [{ reason: 'unmodelled-on-place', span: field.span, about: `${name} does with ${path}` }]
    const hook =
      /^-{0,2}[\w-]*(script|exec|command|cmd|hook|up|down|plugin|engine|lib|load|module|handler|filter|editor|pager|shell|rsh|program|action)[\w-]*[=\s]/i.test(
        text,
      )
    const code =
      (isWorldWritable(path) && hook) ||
      (isWorldWritable(path) && /\.(sh|so|py|pl|rb|js|lua|ko)$|\/[\w-]+$/.test(path) && /\|/.test(text)) ||
      (isUntrustedFolder(path) && /\.so$/.test(path)) ||
      (isWorldWritable(path) && /\.(sh|so|ko)$/.test(path))
    return code ? [{ reason: 'script-not-shown', span: field.span, about: path }] : []
  })
}
