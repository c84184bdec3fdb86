import { err, ok, type Result } from '@chaperone/encoding'
import type { Cedar } from './cedar.ts'
import type { Policy } from './policy-set.ts'

/** A policy with its text, as the engine takes it. */
export interface CedarPolicy extends Policy {
  readonly text: string
}

export type CedarFileRefusal =
  | { readonly code: 'policy-unreadable'; readonly file: string; readonly message: string }
  | {
      readonly code: 'policy-unannotated'
      readonly file: string
      readonly lacks: string
      readonly text: string
    }

/** The policies of one file, each with its id, requirement and reason. */
export function readCedarFile(
  file: string,
  text: string,
  cedar: Cedar,
): Result<readonly CedarPolicy[], CedarFileRefusal> {
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure') return err(unreadable(file, parts.errors))
  if (parts.policy_templates.length > 0)
    return err({ code: 'policy-unreadable', file, message: 'templates are not used here' })
  const policies: CedarPolicy[] = []
  for (const part of parts.policies) {
    const policy = readPolicy(file, part, cedar)
    if (!policy.ok) return policy
    policies.push(policy.value)
  }
  // The engine gives them in another order than they are written.
  const place = ({ id }: CedarPolicy) => text.indexOf(`@id("${id}")`)
  return ok(policies.toSorted((a, b) => place(a) - place(b)))
}

function readPolicy(file: string, text: string, cedar: Cedar): Result<CedarPolicy, CedarFileRefusal> {
  const parsed = cedar.policyToJson(text)
  if (parsed.type === 'failure') return err(unreadable(file, parsed.errors))
  const { annotations = {}, effect } = parsed.json
  const { id, requirement, reason } = annotations
  if (id === undefined || !/^[a-z0-9-]{1,64}$/.test(id)) return err(lacking(file, '@id', text))
  if (!requirement) return err(lacking(file, '@requirement', text))
  if (!reason) return err(lacking(file, '@reason', text))
  return ok({ id, effect, requirement, reason, text })
}

function unreadable(file: string, errors: readonly { readonly message: string }[]): CedarFileRefusal {
  return { code: 'policy-unreadable', file, message: errors.map(({ message }) => message).join('; ') }
}

function lacking(file: string, lacks: string, text: string): CedarFileRefusal {
  return { code: 'policy-unannotated', file, lacks, text: text.slice(0, 120) }
}
