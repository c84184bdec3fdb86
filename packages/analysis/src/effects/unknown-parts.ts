import type { Field, OpaquePart, ResolvedCommand } from '../evaluate/machine.ts'
import { baseName } from '../evaluate/paths.ts'
import { markedText, shown, textOf } from '../evaluate/value.ts'
import { isUntrustedFolder, isWorldWritable } from '../places/folders.ts'
import { kindsOfPath, type PlaceKind } from '../places/places.ts'
import { isUnexplained } from './word-effects.ts'

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
    ...bareShell(command),
    ...settings(command),
    ...loaded(command),
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

/** `/bin/sh` and nothing for it to do: what will be typed there is not in the step. */
function bareShell(command: ResolvedCommand): readonly OpaquePart[] {
  const name = (command.fields[0] && textOf(command.fields[0].value)) ?? ''
  const bare = /^\/(usr\/)?bin\/(ba|da|z|k|c|tc)?sh$/.test(name) && command.fields.length === 1
  return bare && command.via.length > 0 && command.stdin === undefined
    ? [{ reason: 'interactive', span: command.span, about: name }]
    : []
}

/** Code that an option brings in, from where anybody may have put it. */
function loaded(command: ResolvedCommand): readonly OpaquePart[] {
  return command.classified.effects.flatMap((effect) => {
    if (effect.type !== 'exec-unknown-code' || effect.place === '') return []
    const span = command.fields[effect.words.at(-1) ?? 0]?.span ?? command.span
    const place = effect.place ?? 'a file that is not known here'
    return effect.place === null || isUntrustedFolder(place)
      ? [{ reason: 'loads-unseen-code', span, about: place }]
      : []
  })
}

const hook =
  /^-{1,2}[\w-]*(script|exec|command|cmd|hook|plugin|engine|module|handler|filter|editor|pager|shell|rsh|askpass)[\w-]*$/i

/** A word that nobody explains, on a place that decides who may do what or what runs by itself; or that is code. */
function unmodelled(command: ResolvedCommand): readonly OpaquePart[] {
  if (command.local || command.fields.length === 0) return []
  const name = nameOf(command)
  if (
    /^(echo|printf|\[|test|:|\$|bind|source|\.|export|cd|declare|alias|read|readarray|eval|exec|visudo|cat|less|nano|)$/.test(
      name,
    )
  )
    return []
  return command.fields.flatMap((field, i): readonly OpaquePart[] => {
    if (i === 0 || !isUnexplained(command, i)) return []
    const text = shown(field.value) ?? ''
    const path = /(?:^|[=:@,|\s"'(])((?:~|\/)[^\s,;:"')|]+)/.exec(text)?.[1]
    if (path === undefined || /^\w+:\/\//.test(text)) return []
    const places = kindsOfPath(path)
    if (places.some((kind) => critical.includes(kind)))
      return [{ reason: 'unmodelled-on-place', span: field.span, about: `${name} does with ${path}` }]
    const option = text.includes('=')
      ? (text.split('=')[0] ?? '')
      : (shown((command.fields[i - 1] as Field).value) ?? '')
    const code =
      (isUntrustedFolder(path) && (hook.test(option) || /\.so$/.test(path))) ||
      (isWorldWritable(path) && (/\.(sh|so|ko)$/.test(path) || /\|/.test(text)))
    return code ? [{ reason: 'script-not-shown', span: field.span, about: path }] : []
  })
}
