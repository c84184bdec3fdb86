import type { Result } from '@chaperone/encoding'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { problems, type ProblemRow } from '@chaperone/contract'
import { draftProblems } from '@chaperone/signing'

const row = (status: number, title: string, advice: string): ProblemRow => ({ status, title, advice })

/** Every code that the desk answers with: the product's, and those that only the desk has. */
export const deskProblems = {
  ...problems,
  ...draftProblems,
  'no-passkey-here': row(
    403,
    'You have no passkey that counts at this desk',
    'enrol one, or sign with the command line',
  ),
  'draft-too-large': row(
    413,
    'There is more to show than one window can hold',
    'sign for fewer steps or pieces at a time',
  ),
  'key-not-yours': row(
    403,
    'That was not one of your keys for this desk',
    'sign again and choose the passkey that you enrolled here',
  ),
  'enrolment-failed': row(
    422,
    'The new key did not prove what it must',
    'try again with a key that asks for a PIN, a fingerprint or your face',
  ),
  'key-taken-unknown': row(
    503,
    'The key was made, but it is not known whether the gateway took it',
    'look at the enrolment page; if it does not show this fingerprint, ask for a new link',
  ),
  'gateway-unavailable': row(503, 'The gateway cannot be reached', 'try again soon'),
  'handing-in-unknown': row(
    503,
    'Signed, but it is not known whether the gateway took it',
    'look at the review before you sign again',
  ),
  'trust-root-wrong': row(503, 'The rosters do not follow from this desk’s trust root', 'tell an officer'),
} as const satisfies Record<string, ProblemRow>

export type DeskCode = keyof typeof deskProblems

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
  const { title, status, advice } = deskProblems[refusal.code]
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
  const { status } = deskProblems[refusal.code]
  void reply.code(status).type('application/problem+json').send(JSON.stringify(body))
}

function refusalOf(error: unknown): DeskRefusal {
  if (error instanceof Refused) return error.refusal
  const status = (error as { statusCode?: unknown }).statusCode
  if (status === 413) return { code: 'request-too-large' }
  const theirs = typeof status === 'number' && status >= 400 && status < 500
  return { code: theirs ? 'request-malformed' : 'internal-error' }
}
