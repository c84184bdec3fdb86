import type { AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs'
import type { Cedar } from './cedar.ts'
import { cedarRequest } from './cedar-request.ts'
import { countriesOf, parseCase, type Approval, type PolicyCase } from './policy-case.ts'
import type { Policies, PolicySet } from './policy-set.ts'

/** Why, in words for the person who is told, with the requirement on which it stands. */
export interface Reason {
  readonly id: string
  readonly requirement: string
  readonly text: string
}

export interface Decision {
  readonly decision: 'permit' | 'forbid'
  /** Every rule that forbade, or those that permitted. Never empty. */
  readonly reasons: readonly Reason[]
}

/**
 * Whether the policies permit what is asked. Anything but a clean permit is a forbid: the engine skips a rule that it
 * cannot evaluate, so one diagnostic is enough to doubt all of its answer.
 */
export function decide(cedar: Cedar, set: PolicySet, asked: PolicyCase): Decision {
  if (asked.regime !== set.regime) return denied('regime-unknown', 'The regime is not known.')
  if (countriesOf(asked).some((country) => !set.countries.has(country)))
    return denied('country-unknown', 'A country code is not known.')
  const { approvals = [] } = asked.context
  if (approvals.length === 0) return ask(cedar, set, asked, undefined)
  // The policies have no loops: each approval is tried by itself, and one that is enough is enough.
  const decisions: Decision[] = []
  for (const approval of approvals) {
    const decision = ask(cedar, set, asked, approval)
    if (decision.decision === 'permit') return decision
    decisions.push(decision)
  }
  return decisions.reduce((best, one) => (one.reasons.length < best.reasons.length ? one : best))
}

/** Decides one case as it came from outside; whatever is wrong with it is a forbid with a reason. */
export function decideJson(cedar: Cedar, policies: Policies, json: unknown): Decision {
  const parsed = parseCase(json)
  if (!parsed.ok)
    return denied(
      'case-malformed',
      `The case is malformed${parsed.error.at === '' ? '' : ` at \`${parsed.error.at}\``}.`,
    )
  const set = policies.regimes.get(parsed.value.regime)
  if (set === undefined) return denied('regime-unknown', 'The regime is not known.')
  return decide(cedar, set, parsed.value)
}

/** Decides a line of JSON. */
export function decideLine(cedar: Cedar, policies: Policies, line: string): Decision {
  if (line.length > longestLine) return denied('case-malformed', 'The case is too long.')
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return denied('case-malformed', 'The case is not JSON.')
  }
  return decideJson(cedar, policies, json)
}

const longestLine = 1_000_000

function denied(id: string, text: string): Decision {
  return { decision: 'forbid', reasons: [{ id, requirement: 'E-3', text }] }
}

const nothingPermits = denied('nothing-permits', 'No policy permits this.')

function ask(cedar: Cedar, set: PolicySet, asked: PolicyCase, approval: Approval | undefined): Decision {
  let answer: AuthorizationAnswer
  try {
    answer = cedar.statefulIsAuthorized(cedarRequest(set, asked, approval))
  } catch (error) {
    return engineError([error instanceof Error ? error.message : String(error)])
  }
  if (answer.type !== 'success') return engineError(answer.errors.map(({ message }) => message))
  const { decision, diagnostics } = answer.response
  if (diagnostics.errors.length > 0)
    return engineError(diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`))
  return explained(set, decision, diagnostics.reason)
}

function explained(set: PolicySet, decision: 'allow' | 'deny', ids: readonly string[]): Decision {
  const decisive = new Set(ids)
  const reasons = [...set.policies.values()]
    .filter(({ id }) => decisive.has(id))
    .map(({ id, requirement, reason }) => ({ id, requirement, text: reason }))
  if (reasons.length === 0) return nothingPermits
  return { decision: decision === 'allow' ? 'permit' : 'forbid', reasons }
}

function engineError(messages: readonly string[]): Decision {
  return denied('engine-error', `The policies could not be evaluated: ${messages.join('; ').slice(0, 500)}`)
}
