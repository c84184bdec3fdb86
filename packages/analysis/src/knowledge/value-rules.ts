import { givesRights } from './rights.ts'
import type { Rule } from './scope.ts'

/** The rules that a value falls under, and for a `starts` rule how much of the value it matched. */
export function rulesFor(rules: readonly Rule[], value: string): readonly (readonly [Rule, number])[] {
  const found: [Rule, number][] = []
  for (const rule of rules) {
    const matched = matchedBy(rule, rule.nocase === true ? value.toLowerCase() : value)
    if (matched !== undefined) found.push([rule, matched])
  }
  return found
}

/** How many characters at the start the rule accounts for; `undefined` when it does not hold. */
function matchedBy(rule: Rule, value: string): number | undefined {
  if (rule.not?.includes(value) === true) return undefined
  if (rule.lacks?.some((part) => value.includes(part)) === true) return undefined
  if (rule.is !== undefined && !rule.is.includes(value)) return undefined
  if (rule.any !== undefined && !hasItem(rule.any, value)) return undefined
  if (rule.ends !== undefined && !rule.ends.some((end) => value.endsWith(end))) return undefined
  if (rule.has !== undefined && !rule.has.some((part) => value.includes(part))) return undefined
  if (rule.rights !== undefined && !rule.rights.some((right) => givesRights(value, right))) return undefined
  if (rule.starts === undefined) return 0
  return rule.starts.find((start) => value.startsWith(start))?.length
}

function hasItem(items: readonly string[], value: string): boolean {
  return value.split(',').some((item) => items.includes(item))
}
