import type { Piece, Template } from './scope.ts'
import type { EffectInstance } from './shape.ts'

/** A word, or the part of one, that a sentence or a place can name. */
export interface Naming {
  readonly role: string
  readonly option: string
  readonly word: number
  readonly value: string | null
  /** The word of the option that it was given to, or its own. */
  readonly use: number
  readonly operand: boolean
}

/** Everything that can be named in one command; `own` stands for `<value>`, `rest` for what a `starts` rule left. */
export interface Names {
  readonly all: readonly Naming[]
  readonly own?: Naming
  readonly rest?: Naming
}

const longest = 80
const mostNamed = 4

/** Fills a sentence: unknown values are said to be unknown, many are counted. */
export function sentence(text: readonly Piece[], names: Names): string {
  return text
    .map((piece) => (typeof piece === 'string' ? piece : listed(named(piece.ref, names), piece.otherwise)))
    .join('')
}

function listed(found: readonly Naming[], otherwise: string): string {
  if (found.length === 0) return otherwise
  const shown = found
    .slice(0, mostNamed)
    .map(({ value }) => (value === null ? 'something not known' : cut(value)))
  const more = found.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function cut(value: string): string {
  return value.length <= longest ? value : `${value.slice(0, longest)}…`
}

function named(ref: string, names: Names): readonly Naming[] {
  if (ref === 'value') return names.own === undefined ? [] : [names.own]
  if (ref === 'rest') return names.rest === undefined ? [] : [names.rest]
  if (ref.startsWith('-')) return names.all.filter(({ option }) => option === ref)
  const operands = names.all.filter(({ role, operand }) => operand && isRole(role, ref))
  // A detail given to an option is not what the command works on.
  if (operands.length > 0 || ref === 'text') return operands
  return names.all.filter(({ role }) => isRole(role, ref))
}

/** `path` names every `path-…`, `code` every `code:…`. */
function isRole(role: string, ref: string): boolean {
  if (!role.startsWith(ref)) return false
  const next = role.charAt(ref.length)
  return next === '' || next === '-' || next === ':'
}

/** One effect for every word that its place names; one without a place when it names none. */
export function effectsOf(template: Template, names: Names, word: number): readonly EffectInstance[] {
  const { type, place } = template
  const refs = place.filter((piece) => typeof piece !== 'string')
  const [first] = refs
  const found = first === undefined ? [] : named(first.ref, names)
  if (found.length === 0) return [{ type, place: sentence(place, { all: [] }).trim(), words: [word] }]
  return found.map((naming) => ({ type, place: placeOf(place, naming, names), words: [naming.word] }))
}

function placeOf(place: readonly Piece[], main: Naming, names: Names): string | null {
  let first = true
  let text = ''
  for (const piece of place) {
    if (typeof piece === 'string') text += piece
    else {
      const value = first ? main.value : (named(piece.ref, names)[0] ?? { value: piece.otherwise }).value
      first = false
      if (value === null) return null
      text += value
    }
  }
  return text.trim()
}
