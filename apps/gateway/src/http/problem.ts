import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault } from '@chaperone/encoding'
import { problemOf, problems, type ProblemCode } from '@chaperone/contract'

/** Thrown by a handler to answer with a problem; the text is made from code and facts at this edge. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: ProblemCode
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: ProblemCode, facts: Readonly<Record<string, unknown>> = {}) {
    super(code)
    this.code = code
    this.facts = facts
  }
}

/** Answers with the value, or throws the refusal for `answerError` to spell. */
export function valueOr<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly code: ProblemCode } },
): T {
  if (result.ok) return result.value
  const { code, ...facts } = result.error
  throw new Refused(code, facts)
}

const faults: Readonly<Record<string, ProblemCode>> = {
  'store-unavailable': 'store-unavailable',
  'store-conflict': 'store-unavailable',
  'roster-missing': 'store-unavailable',
  'signer-unavailable': 'signer-unavailable',
  'opening-missing': 'order-erased',
  'order-erased': 'order-erased',
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, facts } = describe(error)
  if (code === 'internal-error') request.log.error({ err: error }, 'request failed')
  else request.log.info({ code }, 'request refused')
  const problem = problemOf(code, facts, request.id)
  void reply.code(problems[code].status).type('application/problem+json').send(JSON.stringify(problem))
}

function describe(error: unknown): {
  readonly code: ProblemCode
  readonly facts: Readonly<Record<string, unknown>>
} {
  if (error instanceof Refused) return error
  if (error instanceof Fault) return { code: faults[error.code] ?? 'internal-error', facts: {} }
  const { statusCode, validation } = error as {
    statusCode?: number
    validation?: readonly { instancePath?: string }[]
  }
  if (validation !== undefined)
    return { code: 'request-malformed', facts: { at: validation[0]?.instancePath ?? '' } }
  if (statusCode === 413) return { code: 'request-too-large', facts: {} }
  if (statusCode === 429) return { code: 'too-many-requests', facts: {} }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { code: 'request-malformed', facts: {} }
  return { code: 'internal-error', facts: {} }
}
