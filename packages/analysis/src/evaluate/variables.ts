import type { Scope, Variable } from './scope.ts'
import { known, unknown, type Value } from './value.ts'

/** Variables that the account's login sets, so that a text that does not set them knows nothing of them. */
const fromOutside = new Set(
  'USER LOGNAME SHELL LANG TERM PWD OLDPWD PATH HOSTNAME EDITOR VISUAL PAGER MAIL DISPLAY TMPDIR UID EUID'.split(
    ' ',
  ),
)

export function readVariable(scope: Scope, name: string): Value {
  const found = scope.variables.get(name)
  if (found !== undefined) return found.elements?.get('0') ?? found.value
  if (name === 'PWD') return scope.cwd
  if (name === '#')
    return scope.positional === undefined ? unknown('arguments') : known(String(scope.positional.length))
  if (name === '0') return scope.zero
  if (/^\d+$/.test(name)) return positional(scope, Number(name))
  return unknown(/^\w/.test(name) ? 'never-set' : 'differs-every-run', [{ kind: 'environment', of: name }])
}

function positional(scope: Scope, index: number): Value {
  if (scope.positional === undefined) return unknown('arguments')
  return scope.positional[index - 1] ?? known('')
}

/** Whether nothing in the text set it and nothing outside is known to. */
export const isNeverSet = (scope: Scope, name: string): boolean =>
  /^[A-Za-z_]\w*$/.test(name) && !scope.variables.has(name) && !fromOutside.has(name)

/** The elements of an array, of `$@`, or the one value of a plain variable; undefined when their number is not known. */
export function elementsOf(scope: Scope, name: string): readonly Value[] | undefined {
  if (name === '@' || name === '*') return scope.positional
  const found = scope.variables.get(name)
  if (found === undefined) return undefined
  return found.elements === undefined ? [found.value] : [...found.elements.values()]
}

export function setVariable(scope: Scope, name: string, value: Value): void {
  const before = scope.variables.get(name)
  const elements = before?.elements && new Map(before.elements).set('0', value)
  scope.variables.set(name, { value, elements, exported: before?.exported === true })
}

export function setElement(scope: Scope, name: string, key: string, value: Value): void {
  const before = scope.variables.get(name)
  const elements = new Map(before?.elements ?? (before === undefined ? [] : [['0', before.value]]))
  elements.set(key, value)
  scope.variables.set(name, {
    value: elements.get('0') ?? value,
    elements,
    exported: before?.exported === true,
  })
}

export function setArray(scope: Scope, name: string, values: ReadonlyMap<string, Value>): void {
  const before: Variable | undefined = scope.variables.get(name)
  const value = values.get('0') ?? known('')
  scope.variables.set(name, { value, elements: values, exported: before?.exported === true })
}
