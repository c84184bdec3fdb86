import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addOption, emptyDocumented, plainText } from './documented.ts'
import type { Documented } from './documented.ts'

/** A comment of its own about who may use it: not under the Zsh licence, some are under the GPL. */
const ownLicence =
  /^#.*(copyright \(|copyright:|released under|licen[cs]ed? under|general public licen|permission is)/im
const folders = ['Unix', 'Linux', 'Debian', 'Redhat', 'BSD', 'Zsh', 'X']

/**
 * Reads zsh's completion functions: which options a program has, what they mean, whether they take an argument. A
 * program that has the same words as another is a name for it.
 */
export async function readZsh(folder: string): Promise<ReadonlyMap<string, Documented | string>> {
  const found = new Map<string, Documented | string>()
  for (const part of folders) {
    const names = (await readdir(join(folder, part))).sort()
    for (const name of names) {
      if (name.endsWith('.zwc')) continue
      const text = await readFile(join(folder, part, name), 'utf8')
      if (ownLicence.test(text)) continue
      const [main, ...others] = programsOf(text)
      if (main !== undefined && !found.has(main)) found.set(main, readFunction(text))
      for (const other of others) if (!found.has(other)) found.set(other, main ?? '')
    }
  }
  return found
}

function programsOf(text: string): readonly string[] {
  const [first = ''] = text.split('\n')
  if (!first.startsWith('#compdef ')) return []
  const words = first.slice('#compdef '.length).split(/\s+/)
  return words
    .map((word) => word.split('=')[0] ?? '')
    .filter((word) => /^[a-zA-Z0-9][a-zA-Z0-9._+-]*$/.test(word))
}

// '(exclusions)'{-a+,--all=}'[text]:message:action' and '(exclusions)-a+[text]:message:action'
const grouped = /\{((?:-[^\s{},'"]+,?)+)\}(?:'|")(?:\[((?:\\.|[^\]\\])*)\])?([^'"]*)/g
const single = /(?:^|[\s(])(?:'|")(?:\([^)]*\))?\*?(-[^\s[\]:'"]+)(?:\[((?:\\.|[^\]\\])*)\])?([^'"]*)/gm

function readFunction(text: string): Documented {
  const documented = emptyDocumented()
  // A function with several sub-commands has options that mean different things.
  for (const [, names = '', description = '', rest = ''] of text.matchAll(grouped))
    add(documented, names.split(',').filter(Boolean), description, rest)
  for (const [, name = '', description = '', rest = ''] of text.matchAll(single))
    add(documented, [name], description, rest)
  readSubCommands(text, documented)
  return documented
}

function add(to: Documented, specs: readonly string[], description: string, rest: string): void {
  const text = description.replaceAll(/\\(.)/g, '$1')
  const names = specs.map((spec) => spec.replace(/(=-?|\+|-)$/, (end, _, at) => (at === 0 ? end : '')))
  const takes = rest.startsWith(':') || specs.some((spec) => /[=+]$/.test(spec))
  const optional = rest.startsWith('::') && specs.every((spec) => !/[+]$/.test(spec))
  const arg = takes ? (optional ? `[=${roleOf(rest)}]` : `=${roleOf(rest)}`) : ''
  addOption(to, names, text, arg)
}

function roleOf(rest: string): string {
  const action = rest.split(':').at(-1) ?? ''
  if (action.includes('_files') || action.includes('_directories') || action.includes('_path')) return 'path'
  if (action.includes('_users')) return 'user'
  if (action.includes('_groups')) return 'group'
  if (action.includes('_hosts')) return 'host'
  if (action.includes('_urls')) return 'url'
  if (action.includes('_command') || action.includes('_cmd')) return 'command-text'
  return /\b(num|count|size|seconds|level|depth)/.test(rest) ? 'number' : 'text'
}

// Lists such as commands=( 'start:start a unit' … ), told apart from other lists by their name.
const lists = /\b\w*(?:cmds|commands|subcmds|subcommands)\w*=\(([^()]*)\)/g

function readSubCommands(text: string, to: Documented): void {
  for (const [, body = ''] of text.matchAll(lists)) {
    for (const [, name = '', description = ''] of body.matchAll(/["']?([a-z][a-z0-9-]*):([^"'\n]+)["']/g))
      to.subcommands[name] ??= emptyDocumented(plainText(description))
  }
}
