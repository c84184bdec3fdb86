import type { Command } from '@chaperone/shell'
import { join, known, pattern, unknown, type Value } from './value.ts'

/** A variable: a value, or the elements of an array by key; `undefined` elements are not known. */
export interface Variable {
  readonly value: Value
  readonly elements: ReadonlyMap<string, Value> | undefined
  readonly exported: boolean
}

/** A file as written by what came before. */
export interface WrittenFile {
  readonly content: Value
  readonly executable: boolean
}

/** What a shell carries from one command to the next. */
export interface Scope {
  readonly variables: Map<string, Variable>
  readonly functions: Map<string, Command | 'unknown'>
  readonly aliases: Map<string, string>
  readonly files: Map<string, WrittenFile>
  /** Descriptors opened by `exec`, by number or name. */
  readonly descriptors: Map<string, Value>
  readonly hashed: Map<string, Value>
  cwd: Value
  /** `undefined`: the step's own, which has none. */
  positional: readonly Value[] | undefined
  zero: Value
  readonly depth: number
}

/** What a step leaves to the steps after it. */
export interface Session {
  readonly files: ReadonlyMap<string, WrittenFile>
  readonly account: string | undefined
}

export function newScope(session: Session): Scope {
  const home = homeOf(session.account)
  return {
    variables: new Map([['HOME', variable(home, true)]]),
    functions: new Map(),
    aliases: new Map(),
    files: new Map(session.files),
    descriptors: new Map(),
    hashed: new Map(),
    cwd: unknown('working-folder'),
    positional: undefined,
    zero: known('bash'),
    depth: 0,
  }
}

function homeOf(account: string | undefined): Value {
  if (account === 'root') return known('/root')
  return pattern('~', 'home-folder')
}

export const variable = (value: Value, exported = false): Variable => ({
  value,
  elements: undefined,
  exported,
})

export function copyScope(scope: Scope): Scope {
  return {
    ...scope,
    variables: new Map(scope.variables),
    functions: new Map(scope.functions),
    aliases: new Map(scope.aliases),
    files: new Map(scope.files),
    descriptors: new Map(scope.descriptors),
    hashed: new Map(scope.hashed),
  }
}

/** Makes `scope` what it is when `other` may have happened instead of it, or after it. */
export function mergeInto(scope: Scope, other: Scope): void {
  mergeMaps(scope.variables, other.variables, (a, b) => ({
    value: join(a?.value ?? unset, b?.value ?? unset),
    elements: joinElements(a?.elements, b?.elements),
    exported: a?.exported === true || b?.exported === true,
  }))
  mergeMaps(scope.functions, other.functions, (a, b) =>
    a === undefined ? b : b === undefined ? a : 'unknown',
  )
  mergeMaps(scope.aliases, other.aliases, (a, b) => a ?? b)
  mergeMaps(scope.files, other.files, (a, b) => joinFiles(a, b))
  mergeMaps(scope.descriptors, other.descriptors, (a, b) => a ?? b)
  mergeMaps(scope.hashed, other.hashed, (a, b) => a ?? b)
  if (scope.cwd !== other.cwd) scope.cwd = join(scope.cwd, other.cwd)
  if (scope.positional !== other.positional) scope.positional = [unknown('set-under-a-condition')]
}

const unset = unknown('never-set')

function mergeMaps<T>(
  into: Map<string, T>,
  other: ReadonlyMap<string, T>,
  merge: (a: T | undefined, b: T | undefined) => T | undefined,
): void {
  for (const key of new Set([...into.keys(), ...other.keys()])) {
    const a = into.get(key)
    const b = other.get(key)
    if (a === b) continue
    const merged = merge(a, b)
    if (merged !== undefined) into.set(key, merged)
  }
}

function joinElements(a: Variable['elements'], b: Variable['elements']): Variable['elements'] {
  if (a === b) return a
  if (a === undefined || b === undefined) return undefined
  const keys = new Set([...a.keys(), ...b.keys()])
  return new Map([...keys].map((key) => [key, join(a.get(key) ?? unset, b.get(key) ?? unset)]))
}

function joinFiles(a: WrittenFile | undefined, b: WrittenFile | undefined): WrittenFile {
  const content = join(a?.content ?? unknown('not-shown'), b?.content ?? unknown('not-shown'))
  return { content, executable: a?.executable === true || b?.executable === true }
}
