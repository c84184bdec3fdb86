import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { fromBase64Url, secondsOf, toHex, utf8, type Instant, type PersonId } from '@chaperone/encoding'
import { findPerson, type Role } from '@chaperone/domain'
import { contextNow, type Office, type Session } from '@chaperone/usecases'
import type { Access } from '@chaperone/contract'
import { Refused } from './problem.ts'

/** Who is asking. */
export interface Caller {
  readonly person: PersonId
  readonly roles: readonly Role[]
  readonly session: Session
}

export const idleSeconds = 30 * 60
export const browserSessionSeconds = 10 * 60 * 60
export const bearerSessionSeconds = 8 * 60 * 60

export interface Doorkeeper {
  /** Throws `Refused` unless this request may call a route with this access. */
  admit(request: FastifyRequest, access: Access): Promise<Caller | undefined>
  cookieName: string
}

export function doorkeeper(office: Office, origin: string, deskToken: string): Doorkeeper {
  const cookieName = origin.startsWith('https:') ? '__Host-chaperone' : 'chaperone'

  async function callerOf(request: FastifyRequest): Promise<Caller | undefined> {
    const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1]
    const cookie = bearer === undefined ? request.cookies[cookieName] : undefined
    const secret = fromBase64Url(bearer ?? cookie ?? '')
    if (secret?.length !== 32) return undefined
    if (bearer === undefined) requireOwnPage(request, origin)
    const session = await office.reader.session(toHex(office.crypto.sha256(secret)))
    if (session === undefined || session.kind !== (bearer === undefined ? 'browser' : 'bearer'))
      return undefined
    return present(session)
  }

  async function present(session: Session): Promise<Caller | undefined> {
    const { at, roster } = await contextNow(office)
    if (isOver(session, at)) {
      await office.ephemera.endSession(session.secret)
      return undefined
    }
    if (secondsOf(at) - secondsOf(session.seen) >= 60) await office.ephemera.touchSession(session.secret, at)
    const person = findPerson(roster, session.person)
    return person === undefined || person.until <= at
      ? undefined
      : { person: person.person, roles: person.roles, session }
  }

  return {
    cookieName,
    async admit(request, access) {
      if (access === 'anybody') {
        refuseOtherSites(request, origin)
        return undefined
      }
      if (access === 'desk') {
        if (!sameSecret(request.headers.authorization ?? '', `Bearer ${deskToken}`))
          throw new Refused('not-signed-in')
        return undefined
      }
      const caller = await callerOf(request)
      if (caller === undefined) throw new Refused('not-signed-in')
      if (access !== 'signed-in' && !access.some((role) => caller.roles.includes(role)))
        throw new Refused('not-allowed-here')
      return caller
    },
  }
}

/** Whether a session has run out, by its end or by silence. */
export function isOver(session: Session, at: Instant): boolean {
  return session.expires <= at || secondsOf(at) - secondsOf(session.seen) > idleSeconds
}

/**
 * A cookie travels by itself: what changes something must come from our own page, and nothing at all is answered to a
 * page of another origin, our desk's included.
 */
function requireOwnPage(request: FastifyRequest, origin: string): void {
  if (request.method !== 'GET' && request.headers.origin !== origin) throw new Refused('origin-wrong')
  refuseOtherSites(request, origin)
}

/** Browsers say where a request comes from (Origin, Fetch Metadata); what says nothing is no browser. */
function refuseOtherSites({ headers }: FastifyRequest, origin: string): void {
  const site = headers['sec-fetch-site']
  const otherSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (otherSite || (headers.origin !== undefined && headers.origin !== origin))
    throw new Refused('origin-wrong')
}

function sameSecret(given: string, expected: string): boolean {
  const a = utf8(given)
  const b = utf8(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
