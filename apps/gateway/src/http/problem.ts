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

const ofStatus: Readonly<Record<number, ProblemCode>> = {
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'request-too-large',
  415: 'media-type-unsupported',
  429: 'too-many-requests',
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, facts } = describe(error)
  if (code === 'internal-error') request.log.error({ err: error }, 'request failed')
  else request.log.info({ code }, 'request refused')
  const problem = problemOf(code, request.plainFacts ? plain(facts) : facts, request.id)
  if (code === 'too-many-requests') void reply.header('retry-after', String(facts['seconds'] ?? 60))
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
  const known = statusCode === undefined ? undefined : ofStatus[statusCode]
  if (known !== undefined) return { code: known, facts: {} }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { code: 'request-malformed', facts: {} }
  return { code: 'internal-error', facts: {} }
}

/**
 * The facts that a technician may be told beside the code: about their own request and nothing else. Who holds an
 * order, who froze it and which stop hit it are not theirs (invariant 3).
 */
export function plain(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => plainNames.has(name)))
}

const plainNames: ReadonlySet<string> = new Set([
  'at',
  'field',
  'step',
  'version',
  'current',
  'question',
  'request',
  'most',
  'size',
  'target',
  'account',
  'interpreter',
  'notBefore',
  'notAfter',
  'ended',
  'seconds',
])
