import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refused } from './problem.ts'

/** Requests a minute. */
export interface Rates {
  /** From one address, whatever they ask for. */
  readonly address: number
  /** Of one person, from wherever. */
  readonly person: number
  /** Drafts of one person to analyse. */
  readonly analyses: number
  /** Sign-in and enrolment requests from one address. */
  readonly signInAddress: number
  /** Attempts to sign in with one key, from wherever. */
  readonly signInKey: number
}

export const defaultRates: Rates = {
  address: 3000,
  person: 1200,
  analyses: 90,
  signInAddress: 120,
  signInKey: 20,
}

export interface Limits {
  /** Counts a request of somebody admitted, or one that comes before signing in. */
  count(request: FastifyRequest): Promise<void>
  /** Counts a draft to analyse. */
  countAnalysis(request: FastifyRequest): Promise<void>
  /** Counts an attempt to sign in with a key, by whatever names it. */
  countKey(request: FastifyRequest, key: string): Promise<void>
}

/** Bounds how often anybody may ask. What is over a bound is refused with `too-many-requests` and not looked at. */
export async function rateLimits(app: FastifyInstance, rates: Rates): Promise<Limits> {
  await app.register(fastifyRateLimit, {
    max: rates.address,
    timeWindow: '1 minute',
    errorResponseBuilder: (_, context) =>
      new Refused('too-many-requests', { seconds: Math.ceil(context.ttl / 1000) }),
  })
  const keys = new WeakMap<FastifyRequest, string>()
  const limiter = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: '1 minute', keyGenerator })
  const persons = limiter(rates.person, (request) => request.caller?.person ?? request.ip)
  const analyses = limiter(rates.analyses, (request) => request.caller?.person ?? request.ip)
  const addresses = limiter(rates.signInAddress, (request) => request.ip)
  const signInKeys = limiter(rates.signInKey, (request) => keys.get(request) ?? request.ip)

  async function check(limit: ReturnType<typeof limiter>, request: FastifyRequest): Promise<void> {
    const counted = await limit(request)
    if (!counted.isAllowed && counted.isExceeded) {
      throw new Refused('too-many-requests', { seconds: counted.ttlInSeconds })
    }
  }

  return {
    async count(request) {
      const before = request.caller === undefined && request.method === 'POST' && !isDesk(request)
      await check(before ? addresses : persons, request)
    },
    countAnalysis: (request) => check(analyses, request),
    async countKey(request, key) {
      keys.set(request, key)
      await check(signInKeys, request)
    },
  }
}

/** The desk asks for everybody from one address, with its own token. */
function isDesk(request: FastifyRequest): boolean {
  return request.url.startsWith('/internal/')
}
