import type { Names, Naming } from './fill.ts'
import type { Operand, Option } from './scope.ts'
import { assign, settle } from './settle.ts'
import type { Settled } from './settle.ts'
import { rulesFor } from './value-rules.ts'
import type { Given, Use, Walk } from './walk.ts'

/** An operand with what it turned out to be. */
export interface Placed {
  readonly word: number
  readonly value: string | null
  readonly role: string
  readonly rule: Operand | undefined
}

/** An argv with everything decided that the rest is derived from. */
export interface Meaning {
  readonly walk: Walk
  readonly settled: Settled
  readonly operands: readonly Placed[]
  readonly names: Names
  /** It only says something about itself (`--help`). */
  readonly query: boolean
}

/** Decides the mode, and the role of every operand. */
export function meaningOf(walk: Walk): Meaning {
  const settled = settle(walk)
  const operands = place(walk, settled)
  return { walk, settled, operands, names: { all: namesOf(walk, settled, operands) }, query: isQuery(walk) }
}

function place(walk: Walk, settled: Settled): readonly Placed[] {
  const rules = assign(settled.operands, walk.operands.length)
  return walk.operands.map((word, i) => {
    const rule = rules[i]
    const value = walk.words[word] ?? null
    const stated = rule === undefined ? 'text' : rule.role
    const role = settled.roles[stated] ?? stated
    const byValue = rule === undefined || value === null ? undefined : roleByValue(rule, value)
    return { word, value, role: byValue ?? role, rule }
  })
}

/** What the value of an option is, in this mode and by what it looks like. */
export function givenRole({ roles }: Settled, { option }: Use, { argument, value }: Given): string {
  const byValue = value === null ? undefined : roleByValue(option, value)
  return byValue ?? roles[argument.role] ?? argument.role
}

function roleByValue(rule: Operand | Option, value: string): string | undefined {
  return rule.when.length === 0 ? undefined : rulesFor(rule.when, value).find(([{ role }]) => role)?.[0].role
}

function namesOf(walk: Walk, settled: Settled, operands: readonly Placed[]): readonly Naming[] {
  const names: Naming[] = operands.map(({ word, value, role }) => ({
    role,
    option: '',
    word,
    value,
    use: word,
    operand: true,
  }))
  for (const use of walk.uses) {
    const { option, word } = use
    for (const given of use.given) {
      const { word: at, value } = given
      const role = givenRole(settled, use, given)
      for (const name of option.names)
        names.push({ role: '', option: name, word: at, value, use: word, operand: false })
      names.push({ role, option: '', word: at, value, use: word, operand: false })
    }
  }
  return names
}

// An option after an operand may not be one: with POSIXLY_CORRECT set, `rm x --help` deletes x.
function isQuery(walk: Walk): boolean {
  return walk.uses.some(({ option, early }) => option.query && early)
}
