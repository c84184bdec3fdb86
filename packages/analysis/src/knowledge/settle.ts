import type { Operand, Piece, ScopeMode, Template } from './scope.ts'
import type { LevelFloor } from './shape.ts'
import type { Use, Walk } from './walk.ts'

/** How a command is used, once everything beside it is known. */
export interface Settled {
  readonly summary: readonly Piece[]
  readonly operands: readonly Operand[]
  readonly effects: readonly Template[]
  readonly drop: ReadonlySet<string>
  readonly roles: Readonly<Record<string, string>>
  readonly stdin: string | undefined
  readonly level: LevelFloor | undefined
}

const nothing: ReadonlySet<string> = new Set()

/** Applies the modes that hold, in the order written. */
export function settle(walk: Walk): Settled {
  const { scope } = walk
  let settled: Settled = {
    summary: scope.summary,
    operands: scope.operands,
    effects: scope.effects,
    drop: nothing,
    roles: {},
    stdin: scope.stdin,
    level: scope.level,
  }
  for (const mode of scope.modes) if (holds(mode, walk)) settled = withMode(settled, mode)
  return settled
}

function withMode(settled: Settled, mode: ScopeMode): Settled {
  return {
    summary: mode.summary ?? settled.summary,
    operands: mode.operands ?? settled.operands,
    effects: [...settled.effects, ...mode.effects],
    drop: mode.drop === undefined ? settled.drop : new Set([...settled.drop, ...mode.drop]),
    roles: mode.roles === undefined ? settled.roles : { ...settled.roles, ...mode.roles },
    stdin: mode.stdin ?? settled.stdin,
    level: mode.level ?? settled.level,
  }
}

function holds(mode: ScopeMode, walk: Walk): boolean {
  const count = walk.operands.length
  if (mode.min !== undefined && count < mode.min) return false
  if (mode.max !== undefined && count > mode.max) return false
  if (mode.with !== undefined && !mode.with.some((name) => isUsed(name, walk.uses))) return false
  if (mode.without !== undefined && mode.without.some((name) => isUsed(name, walk.uses))) return false
  if (mode.given !== undefined && !mode.given.some((pair) => isGiven(pair, walk.uses))) return false
  return mode.first === undefined || isFirst(mode.first, walk)
}

function isUsed(name: string, uses: readonly Use[]): boolean {
  return uses.some(({ option }) => option.names.includes(name))
}

function isGiven(pair: string, uses: readonly Use[]): boolean {
  const at = pair.indexOf('=', 1)
  const name = pair.slice(0, at)
  const value = pair.slice(at + 1)
  return uses.some(({ option, given }) => option.names.includes(name) && given[0]?.value === value)
}

function isFirst(texts: readonly string[], walk: Walk): boolean {
  const [first] = walk.operands
  const word = first === undefined ? null : walk.words[first]
  return typeof word === 'string' && texts.includes(word)
}

/** Which operand rule each operand falls under; `undefined` for one too many. */
export function assign(operands: readonly Operand[], count: number): readonly (Operand | undefined)[] {
  const needed = operands.filter((operand) => operand.needed).length
  let spare = Math.max(0, count - needed)
  const assigned: (Operand | undefined)[] = []
  for (const operand of operands) {
    const extra = operand.many ? spare : operand.needed ? 0 : Math.min(spare, 1)
    if (!operand.needed || operand.many) spare -= extra
    const takes = (operand.needed ? 1 : 0) + extra
    for (let i = 0; i < takes && assigned.length < count; i += 1) assigned.push(operand)
  }
  while (assigned.length < count) assigned.push(undefined)
  return assigned
}
