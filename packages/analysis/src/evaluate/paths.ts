import type { Scope } from './scope.ts'
import { concat, known, mapText, pattern, type Value } from './value.ts'

/** One spelling for one path: no `//`, no `.`, no `x/..`. */
export function normalPath(path: string): string {
  const absolute = path.startsWith('/')
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (part !== '..' || !absolute) out.push(part)
  }
  return `${absolute ? '/' : ''}${out.join('/')}` || (absolute ? '/' : '.')
}

/** Where a path leads from the working folder, as far as that is known. */
export function absolute(value: Value, scope: Pick<Scope, 'cwd'>): Value {
  if (value.kind === 'pattern')
    return pattern(value.pattern.replace(/\/{2,}/g, '/'), value.reason, value.flows)
  if (value.kind !== 'known' || value.text.startsWith('/')) return mapText(value, normalPath)
  if (scope.cwd.kind === 'unknown' || value.text === '' || value.text.startsWith('~'))
    return mapText(value, normalPath)
  const joined = concat(concat(scope.cwd, known('/')), value)
  return joined.kind === 'known' ? known(normalPath(joined.text), value.flows) : joined
}

/** The key under which a written file is remembered. */
export function fileKey(value: Value, scope: Scope): string | undefined {
  const path = absolute(value, scope)
  if (path.kind === 'known') return path.text
  return path.kind === 'pattern' && path.pattern.startsWith('~') && !/[*?[]/.test(path.pattern)
    ? path.pattern
    : undefined
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
