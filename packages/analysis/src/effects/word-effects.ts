import type { ResolvedCommand } from '../evaluate/machine.ts'
import { known, textOf, type Value } from '../evaluate/value.ts'
import { kindsOfValue } from '../places/places.ts'

/**
 * What the words of a program that is not modelled show by themselves: a secret file that it is handed, a shell that
 * an option tells it to run.
 */
export function wordEffects(
  command: ResolvedCommand,
): readonly { readonly type: string; readonly value: Value; readonly word: number }[] {
  const { classified, fields } = command
  if (command.local || fields.length === 0) return []
  const followed = new Set(classified.nested.flatMap(nestedWords))
  return fields.flatMap((field, word) => {
    if (word === 0) return []
    const text = textOf(field.value)
    const path = text === undefined ? field.value : known(pathIn(text))
    if (isUnexplained(command, word) && kindsOfValue(path).includes('credential'))
      return [{ type: 'read-credential', value: path, word }]
    if (text !== undefined && !followed.has(word) && isHandedOver(command, word) && runsShell(text))
      return [{ type: 'spawn-shell', value: known(text), word }]
    return []
  })
}

function nestedWords(nested: ResolvedCommand['classified']['nested'][number]): readonly number[] {
  if (nested.kind === 'code') return nested.words
  if (nested.kind === 'script') return [nested.word]
  if (nested.kind !== 'command') return []
  return Array.from({ length: nested.to - nested.from }, (_, i) => nested.from + i)
}

/** Roles that say what a program does with a path, or that it is none. */
const settled = /^(path-|pattern|regex|host|user|group|service|package|program|command|code)/

/** Whether the knowledge does not say what the program does with a word. */
export function isUnexplained(command: ResolvedCommand, word: number): boolean {
  const { classified } = command
  if (classified.tier !== 'modelled') return true
  if (classified.unknownOptions.includes(word) || classified.unknownOptions.includes(word - 1)) return true
  if (onlyNamesIt.test(nameOf(command)) || settled.test(classified.words[word]?.role ?? '')) return false
  return !classified.effects.some((effect) => effect.words.includes(word))
}

const nameOf = (command: ResolvedCommand): string => {
  const name = (command.fields[0] && textOf(command.fields[0].value)) ?? ''
  return name.slice(name.lastIndexOf('/') + 1)
}

const onlyNamesIt =
  /^(echo|printf|which|ls|file|ldd|dpkg|rpm|type|command|whereis|stat|getent|grep|egrep|fgrep|rg|test|\[|chsh|cat|cp|ln|mv|md5sum|sha256sum|readlink|strings|useradd|adduser|usermod|pw|dscl|sed|find|update-alternatives|dpkg-divert|chmod|chown|export|declare|readonly|local|sha1sum|realpath|apropos|man|basename|dirname|readelf|objdump|nm|size|strip|hexdump|xxd|od|head|tail|wc|du|tar|rsync|scp|getcap|setcap|getfacl|setfacl|restorecon|namei|debsums|logger|apt-file|diff|cmp|cksum|b2sum|touch|rm|install|less|more|chattr|lsattr|visudo|source|\.|\$)$/
const otherRoles = /^(path-(write|delete)|shell|pattern|url|host|user|group|package|service)$/

/** A shell's path as the value of something that runs things, not as a file to look at. */
function isHandedOver(command: ResolvedCommand, word: number): boolean {
  const before = command.fields[word - 1]
  const text = textOf((command.fields[word] ?? command.fields[0])?.value ?? known('')) ?? ''
  if (onlyNamesIt.test(nameOf(command))) return nameOf(command) === 'rpm' && !/^[\w./-]+$/.test(text)
  if (
    /^(-s|--shell|UserShell|SHELL|shell|--login-shell|-shell)$/.test((before && textOf(before.value)) ?? '')
  )
    return false
  return !otherRoles.test(command.classified.words[word]?.role ?? '')
}

/** `-ofile`, `--file=path`, `@path`, `file:///path`: the path in a word. */
const pathIn = (text: string): string =>
  /(?:^|[=@:,])((?:~|\/)[^\s,;:]+)/.exec(text.replace(/^\w+:\/\//, ''))?.[1] ?? text

/** `--exec=/bin/sh`, `!/bin/sh`, `"exec /bin/sh"`: a shell and nothing that it is given to do. */
const runsShell = (text: string): boolean =>
  !text.startsWith('#') &&
  /(?:^|[=!,|({\s"'])\/(?:usr\/)?bin\/(?:ba|da|z|k|c|tc)?sh(?:\s+-[ips]+)*\s*(?:["')}<>&;|#].*|\d?[<>].*)?$/s.test(
    text,
  ) &&
  !/^-{0,2}(s|shell|SHELL|UserShell|ExecStart)=/i.test(text)
