import type { Result } from '@chaperone/encoding'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { deskProblems, draftProblems, problems } from '@chaperone/contract'

/** Every code that the desk answers with: the product's, and those that only the desk has. */
const known = { ...problems, ...draftProblems, ...deskProblems }

export type DeskCode = keyof typeof known

/** A refusal as a value: a code of the table and facts about it. */
export interface DeskRefusal {
  readonly code: DeskCode
  readonly [fact: string]: unknown
}

/** Thrown at the edge, to be answered as a problem. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: DeskRefusal

  constructor(refusal: DeskRefusal) {
    super(refusal.code)
    this.refusal = refusal
  }
}

/** RFC 9457, with the advice: the page shows nothing else of a refusal. */
export function problemOf(refusal: DeskRefusal): Readonly<Record<string, unknown>> {
  const { title, status, advice } = known[refusal.code]
  return { ...refusal, type: `/problems/${refusal.code}`, title, status, advice }
}

/**
 * The refusal that a gateway's problem stands for. Only its code and its plain facts are taken: words on this page are
 * ours, whatever the gateway would like to say.
 */
export function refusalIn(body: unknown): DeskRefusal {
  const { code, ...members } = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >
  if (typeof code !== 'string' || !Object.hasOwn(problems, code)) return { code: 'gateway-unavailable' }
  const ours = new Set(['type', 'title', 'status', 'instance', 'advice', 'detail'])
  const facts = Object.entries(members).filter(([name, value]) => !ours.has(name) && isPlain(value))
  return { ...Object.fromEntries(facts), code: code as DeskCode } // hasOwn: it is a key of the table
}

function isPlain(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[\x20-\x7e]{0,256}$/.test(value))
}

/** The value, or the refusal thrown for the edge to answer. */
export function valueOr<T>(result: Result<T, DeskRefusal>): T {
  if (!result.ok) throw new Refused(result.error)
  return result.value
}

/** Fastify's error handler: a refusal becomes its problem; anything else says nothing more than that it happened. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = refusalOf(error)
  if (refusal.code === 'internal-error') request.log.error({ err: error }, 'request failed')
  else request.log.info({ code: refusal.code }, 'request refused')
  const body = { ...problemOf(refusal), instance: request.id }
  const { status } = known[refusal.code]
  void reply.code(status).type('application/problem+json').send(JSON.stringify(body))
}

function refusalOf(error: unknown): DeskRefusal {
  if (error instanceof Refused) return error.refusal
  const status = (error as { statusCode?: unknown }).statusCode
  if (status === 413) return { code: 'request-too-large' }
  const theirs = typeof status === 'number' && status >= 400 && status < 500
  return { code: theirs ? 'request-malformed' : 'internal-error' }
}
