import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  type AuthenticationResponseJSON,
} from '@simplewebauthn/server'
import {
  claimedKey,
  fromBase64Url,
  instantOf,
  keyIdOf,
  secondsOf,
  toBase64Url,
  toHex,
  utf8,
  verifySignature,
  type Digest,
  type PersonId,
} from '@chaperone/encoding'
import { encodeEvent, findKey, findPerson } from '@chaperone/domain'
import { contextNow, nameIn, type Session } from '@chaperone/usecases'
import type { Gateway } from '../gateway.ts'
import { bearerSessionSeconds, browserSessionSeconds } from '../http/access.ts'
import type { Limits } from '../http/limits.ts'
import { Refused } from '../http/problem.ts'
import type { Handlers } from '../http/register-routes.ts'

const challengeSeconds = 5 * 60

/** The namespace of a command-line sign-in; no statement has it, so that one never counts as the other. */
export const signInNamespace = 'sign-in@chaperone'

export interface SignInOptions {
  readonly cookieName: string
  readonly limits: Pick<Limits, 'countKey'>
  readonly onSignOut: (session: Digest) => void
}

export function signInHandlers(
  { office, config }: Gateway,
  { cookieName, limits, onSignOut }: SignInOptions,
): Pick<Handlers, 'signInOptions' | 'signIn' | 'keyChallenge' | 'keySignIn' | 'signOut'> {
  const rpID = new URL(config.origin).hostname

  /** 32 random bytes: never anything that somebody could have chosen. */
  async function newChallenge(purpose: string): Promise<Uint8Array> {
    const challenge = office.random(32)
    const expires = instantOf(secondsOf(office.clock.now()) + challengeSeconds)
    await office.ephemera.putChallenge(toHex(office.crypto.sha256(challenge)), purpose, expires)
    return challenge
  }

  async function takeChallenge(text: string, purpose: string): Promise<Uint8Array> {
    const challenge = fromBase64Url(text)
    if (challenge?.length !== 32) throw new Refused('sign-in-failed')
    const digest = toHex(office.crypto.sha256(challenge))
    if (!(await office.ephemera.takeChallenge(digest, purpose, office.clock.now())))
      throw new Refused('sign-in-failed')
    return challenge
  }

  async function openSession(
    person: PersonId,
    kind: Session['kind'],
  ): Promise<{ readonly token: string; readonly expires: string }> {
    const secret = office.random(32)
    const at = office.clock.now()
    const expires = instantOf(
      secondsOf(at) + (kind === 'browser' ? browserSessionSeconds : bearerSessionSeconds),
    )
    await office.ledger.transact(async (tx) => {
      await tx.sql.putSession({
        secret: toHex(office.crypto.sha256(secret)),
        person,
        kind,
        created: at,
        seen: at,
        expires,
      })
      tx.append(encodeEvent({ v: 1, type: 'signed-in', at, person }))
    })
    return { token: toBase64Url(secret), expires }
  }

  /** Only people of the roster in force come in. */
  async function admitted(person: PersonId): Promise<string> {
    const { roster, at } = await contextNow(office)
    const known = findPerson(roster, person)
    if (known === undefined || known.until <= at) throw new Refused('sign-in-failed')
    return nameIn(await office.reader.names(), person)
  }

  return {
    async signInOptions() {
      const challenge = await newChallenge('passkey')
      const options = await generateAuthenticationOptions({
        rpID,
        challenge: new Uint8Array(challenge),
        userVerification: 'required',
        allowCredentials: [],
      })
      return { challenge: toBase64Url(challenge), options: { ...options } }
    },
    async signIn({ body, request, reply }) {
      await limits.countKey(request, String(body.response['id']).slice(0, 128))
      const challenge = await takeChallenge(body.challenge, 'passkey')
      const response = body.response as unknown as AuthenticationResponseJSON // the library checks every member
      const key = await office.reader.signInKey(String(response.id))
      if (key === undefined) throw new Refused('sign-in-failed')
      const credential = { id: key.id, publicKey: new Uint8Array(key.publicKey), counter: key.counter }
      const verified = await verifyAuthenticationResponse({
        response,
        expectedChallenge: toBase64Url(challenge),
        expectedOrigin: config.origin,
        expectedRPID: rpID,
        requireUserVerification: true,
        credential,
      }).catch(() => undefined)
      if (verified?.verified !== true) throw new Refused('sign-in-failed')
      await office.ephemera.countSignInKey(key.id, verified.authenticationInfo.newCounter)
      const name = await admitted(key.person)
      const { token } = await openSession(key.person, 'browser')
      reply.setCookie(cookieName, token, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: config.origin.startsWith('https:'),
        maxAge: browserSessionSeconds,
      })
      return { person: key.person, name }
    },
    async keyChallenge() {
      return { challenge: toBase64Url(await newChallenge('key')) }
    },
    async keySignIn({ body, request }) {
      const claimed = claimedKey(body.signature)
      const keyId = claimed === undefined ? '' : keyIdOf(claimed.blob, office.crypto.sha256)
      await limits.countKey(request, keyId)
      const challenge = await takeChallenge(body.challenge, 'key')
      const { roster, at } = await contextNow(office)
      const held = findKey(roster, keyId, at)
      const message = utf8(toBase64Url(challenge))
      const verified = verifySignature(body.signature, message, signInNamespace, office.crypto)
      if (held === undefined || !verified.ok) throw new Refused('sign-in-failed')
      const { person } = held.person
      const name = await admitted(person)
      return { person, name, ...(await openSession(person, 'bearer')) }
    },
    async signOut({ caller, reply }) {
      await office.ephemera.endSession(caller.session.secret)
      onSignOut(caller.session.secret)
      reply.clearCookie(cookieName, { path: '/' })
    },
  }
}
