import type { Change, Comparison, Decision, Policies } from '@chaperone/policy'

/** A decision in words, with the texts on which its reasons stand. */
export function decisionText({ decision, reasons }: Decision, policies: Policies): string {
  const lines = reasons.flatMap(({ id, requirement, text }) => {
    const stands = policies.requirements.get(requirement)
    const source =
      stands === undefined ? '' : `\n      ${stands.source}${stands.verified ? '' : ' (not verified)'}`
    return [`  ${text}\n      ${requirement}, rule ${id}${source}`]
  })
  return [`${decision === 'permit' ? 'permitted' : 'FORBIDDEN'}:`, ...lines].join('\n')
}

/** Changes by what they have in common, with one example each. */
export function comparisonText({ asked, changes }: Comparison): string {
  const groups = new Map<string, Change[]>()
  for (const change of changes) {
    const rules = change.forbids.map(({ id }) => id).join(', ')
    const key = `${change.regime}: ${change.now === 'may' ? 'newly may' : 'no longer may'} ${change.action} (${rules})`
    groups.set(key, [...(groups.get(key) ?? []), change])
  }
  const lines = [...groups].map(
    ([key, [first, ...rest]]) =>
      `${key}\n  ${first?.person ?? ''}; ${first?.target ?? ''}${rest.length === 0 ? '' : `, and ${rest.length} more`}`,
  )
  return [`${asked} questions, ${changes.length} answered differently`, ...lines].join('\n')
}
