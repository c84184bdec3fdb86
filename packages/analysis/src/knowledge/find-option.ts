import { readOption } from './read-entry.ts'
import type { Option, Scope } from './scope.ts'

/** Finds an option in this scope or in one around it. */
export function optionOf(scope: Scope, name: string): Option | undefined {
  for (let here: Scope | undefined = scope; here !== undefined; here = here.around) {
    const option = here.options.get(name)
    if (option !== undefined) return option
  }
  return undefined
}

/** Finds an option that is known by how it begins. */
export function openOption(scope: Scope, name: string): Option | undefined {
  for (let here: Scope | undefined = scope; here !== undefined; here = here.around) {
    const option = here.open.get(name)
    if (option !== undefined) return option
  }
  return undefined
}

const aboutItself: ReadonlyMap<string, Option> = new Map([
  ['--help', readOption('--help', { text: 'only shows help', query: true })],
  ['--version', readOption('--version', { text: 'only shows the version', query: true })],
])

/** Finds `--name`, also when it is shortened so that only one option begins with it. */
export function longOption(scope: Scope, name: string): Option | undefined {
  return optionOf(scope, name) ?? shortened(scope, name) ?? selfDescribing(scope, name)
}

function selfDescribing(scope: Scope, name: string): Option | undefined {
  return scope.parse.plain === true ? undefined : aboutItself.get(name)
}

function shortened(scope: Scope, name: string): Option | undefined {
  let found: Option | undefined
  for (let here: Scope | undefined = scope; here !== undefined; here = here.around) {
    for (const [full, option] of here.options) {
      if (!full.startsWith(name) || option === found) continue
      if (found !== undefined) return undefined
      found = option
    }
  }
  return found
}

/** `-xzffile`: every letter an option until one takes what is left. */
export function clusterOf(scope: Scope, word: string, first: string): [Option, string, number][] | undefined {
  const found: [Option, string, number][] = []
  for (let i = 1; i < word.length; i += 1) {
    const name = first + word.charAt(i)
    const option = optionOf(scope, name)
    if (option === undefined) return undefined
    const [argument] = option.args
    const takes = argument !== undefined && argument.role !== 'digits'
    found.push([option, name, takes ? i + 1 : word.length])
    if (takes) break
    // `perl -l40pe`: digits belong to the letter before them, and what follows are options again.
    while (argument !== undefined && isDigit(word.charCodeAt(i + 1))) i += 1
  }
  return found
}

/** Whether a UTF-16 unit is 0 to 9. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
