import type { Rights } from './shape.ts'

/** Whether an access mode such as `4755` or `u+s,o=w` gives a right. A mode that is not understood gives none. */
export function givesRights(mode: string, right: Rights): boolean {
  const bits = octal(mode)
  if (bits !== undefined) return (bits & (right === 'setuid' ? 0o6000 : 0o2)) !== 0 && !isSticky(bits, right)
  return mode.split(',').some((clause) => clauseGives(clause, right))
}

function octal(mode: string): number | undefined {
  const digits = mode.replace(/^[+=]/, '')
  return /^[0-7]{1,6}$/.test(digits) ? Number.parseInt(digits, 8) : undefined
}

/** Everybody may write into /tmp, but not delete what others wrote there. */
function isSticky(bits: number, right: Rights): boolean {
  return right === 'world-write' && (bits & 0o1000) !== 0
}

function clauseGives(clause: string, right: Rights): boolean {
  const at = clause.search(/[+=]/)
  if (at < 0) return false
  const who = clause.slice(0, at)
  const what = clause.slice(at + 1)
  if (right === 'setuid') return what.includes('s') && !who.includes('o')
  return what.includes('w') && (who.includes('o') || who.includes('a'))
}
