import type { ResolvedCommand } from './machine.ts'
import { absolute, baseName, fileKey } from './paths.ts'
import { contentOf, writeFile } from './redirects.ts'
import type { Scope } from './scope.ts'
import { known, textOf, unknown, unmarked, type Flow, type Value } from './value.ts'

/** Remembers the files that a program writes: their text when it is known, where it came from otherwise. */
export function keepFiles(
  command: ResolvedCommand,
  output: Value,
  flows: readonly Flow[],
  scope: Scope,
): void {
  const words = command.fields.map((field) => field.value)
  const name = baseName(textOf(words[0] ?? unknown('none')) ?? '')
  const operands = operandsOf(command)
  if (name === 'tee') {
    const appends = words.some((word) => /^(-\w*a\w*|--append)$/.test(textOf(word) ?? ''))
    for (const operand of operands)
      writeFile(scope, operand, command.stdin ?? unknown('standard-input'), appends)
    return
  }
  if (name === 'cp' || name === 'mv' || name === 'install' || name === 'ln') return copyFiles(operands, scope)
  if (name === 'rm' || name === 'unlink' || name === 'shred') {
    for (const operand of operands) forget(operand, scope)
    return
  }
  if (name === 'chmod') return makeExecutable(operands, scope)
  writtenByEffects(command, output, flows, scope)
}

function operandsOf(command: ResolvedCommand): readonly Value[] {
  return command.fields.flatMap((field, i) => {
    const word = command.classified.words[i]
    if (i === 0 || word === undefined || word.option !== undefined) return []
    const text = textOf(field.value)
    return text?.startsWith('-') === true && text !== '-' ? [] : [field.value]
  })
}

function copyFiles(operands: readonly Value[], scope: Scope): void {
  const to = operands.at(-1)
  const sources = operands.slice(0, -1)
  if (to === undefined) return
  const folder = textOf(to)
  for (const source of sources) {
    const name = textOf(source)
    writeFile(scope, to, contentOf(source, scope), false)
    if (folder !== undefined && name !== undefined)
      writeFile(scope, known(`${folder}/${baseName(name)}`), contentOf(source, scope), false)
  }
}

function forget(operand: Value, scope: Scope): void {
  const key = fileKey(operand, scope)
  if (key !== undefined) scope.files.delete(key)
}

function makeExecutable(operands: readonly Value[], scope: Scope): void {
  for (const operand of operands.slice(1)) {
    const key = fileKey(operand, scope)
    const file = key === undefined ? undefined : scope.files.get(key)
    if (key !== undefined && file !== undefined) scope.files.set(key, { ...file, executable: true })
  }
}

function writtenByEffects(
  command: ResolvedCommand,
  output: Value,
  flows: readonly Flow[],
  scope: Scope,
): void {
  for (const effect of command.classified.effects) {
    if (effect.type !== 'write-file' && effect.type !== 'config-change') continue
    const last = effect.words.at(-1)
    const place = effect.place
      ? unmarked(effect.place, 'partly-known')
      : effect.place === null && last !== undefined
        ? command.fields[last]?.value
        : undefined
    if (place !== undefined)
      writeFile(scope, place, unknown('written-by-a-program', [...flows, ...output.flows]), false)
  }
  for (const address of downloads(command))
    writeFile(
      scope,
      absolute(known(address.name), scope),
      unknown('downloaded', [{ kind: 'network', of: address.url }]),
      false,
    )
}

/** `curl -O` and `wget` name the file after the address. */
function downloads(command: ResolvedCommand): readonly { readonly name: string; readonly url: string }[] {
  const words = command.fields.map((field) => textOf(field.value) ?? '')
  const program = baseName(words[0] ?? '')
  const remote =
    program === 'wget' ||
    (program === 'curl' && words.some((word) => /^(-[A-Za-z]*O[A-Za-z]*|--remote-name(-all)?)$/.test(word)))
  if (!remote) return []
  return words.flatMap((url) => {
    const name = /^(?:\w+:\/\/)?[^/\s]+\/(?:[^?#]*\/)?([^/?#]+)/.exec(url)?.[1]
    return name === undefined || url.startsWith('-') || url.startsWith('/') ? [] : [{ name, url }]
  })
}
