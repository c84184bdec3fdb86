import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import {
  fromBase64,
  fromBase64Url,
  instantOf,
  keyIdOf,
  parsePublicKey,
  secondsOf,
  toBase64Url,
  toHex,
  utf8,
} from '@chaperone/encoding'
import { encodeEvent, findPerson } from '@chaperone/domain'
import { contextNow, nameIn, type Enrolment, type EnrolmentUse, type Records } from '@chaperone/usecases'
import type { Gateway } from '../gateway.ts'
import { Refused } from '../http/problem.ts'
import type { Handlers } from '../http/register-routes.ts'

const linkSeconds = 24 * 60 * 60

type Names =
  'enrolment' | 'enrolmentOptions' | 'enrolmentKey' | 'deskEnrolment' | 'deskKey' | 'issueEnrolment'

/** One-time links: they collect keys. A sign-in key works at once; a deciding key only when a roster has it. */
export function enrolmentHandlers({ office, config }: Gateway): Pick<Handlers, Names> {
  const rpID = new URL(config.origin).hostname
  const challenges = 'enrol'

  async function open(token: string): Promise<Enrolment> {
    const secret = fromBase64Url(token)
    const enrolment =
      secret === undefined ? undefined : await office.reader.enrolment(toHex(office.crypto.sha256(secret)))
    if (enrolment === undefined || enrolment.expires <= office.clock.now())
      throw new Refused('enrolment-invalid')
    return enrolment
  }

  /** Takes the link and keeps the key in one transaction: of two at once, one gets in. */
  async function collect(
    { secret, person }: Enrolment,
    use: EnrolmentUse,
    key: string,
    keep: (records: Records) => Promise<void>,
  ): Promise<void> {
    const at = office.clock.now()
    const { value: taken } = await office.ledger.transact(async (tx) => {
      if (!(await tx.sql.takeEnrolment(secret, use, at))) return false
      await keep(tx.sql)
      tx.append(encodeEvent({ v: 1, type: 'key-collected', at, person, key, use }))
      return true
    })
    if (!taken) throw new Refused('enrolment-invalid')
  }

  async function describe(enrolment: Enrolment) {
    const [{ roster }, names, pending, keys] = await Promise.all([
      contextNow(office),
      office.reader.names(),
      office.reader.pendingKeys(),
      office.reader.signInKeysOf(enrolment.person),
    ])
    const person = findPerson(roster, enrolment.person)
    if (person === undefined) throw new Refused('enrolment-invalid')
    const collected = pending.find((key) => key.person === enrolment.person)
    const adopted = collected !== undefined && person.keys.some((key) => key.key === collected.key)
    return { person, name: nameIn(names, enrolment.person), collected, adopted, signInKeys: keys.length }
  }

  const deskUrl = (token: string, roles: readonly string[]) =>
    roles.includes('escort') || roles.includes('officer') ? `${config.desk.origin}/enrol#${token}` : null

  return {
    async issueEnrolment({ params, caller }) {
      if (params.person === caller.person) throw new Refused('not-permitted', { person: caller.person })
      const { roster, at } = await contextNow(office)
      if (findPerson(roster, params.person) === undefined) throw new Refused('not-found')
      const token = office.random(32)
      const expires = instantOf(secondsOf(at) + linkSeconds)
      await office.ledger.transact(async (tx) => {
        await tx.sql.putEnrolment({
          secret: toHex(office.crypto.sha256(token)),
          person: params.person,
          expires,
          signInDone: false,
          decidingDone: false,
        })
        tx.append(
          encodeEvent({
            v: 1,
            type: 'enrolment-issued',
            at,
            person: params.person,
            by: caller.person,
            expires,
          }),
        )
      })
      // After the #: browsers keep it to themselves, so no server's log has it.
      return { url: `${config.origin}/enrol#${toBase64Url(token)}`, expires }
    },
    async enrolment({ body }) {
      const enrolment = await open(body.token)
      const { person, name, collected, adopted, signInKeys } = await describe(enrolment)
      return {
        person: person.person,
        name,
        roles: [...person.roles],
        organisation: config.organisation,
        deskUrl: deskUrl(body.token, person.roles),
        signInKeys,
        deciding: adopted ? 'adopted' : collected === undefined ? 'none' : 'collected',
        fingerprint: collected?.key ?? null,
      }
    },
    async enrolmentOptions({ body }) {
      const enrolment = await open(body.token)
      if (enrolment.signInDone) throw new Refused('enrolment-invalid')
      const { name } = await describe(enrolment)
      const challenge = office.random(32)
      await office.ephemera.putChallenge(
        toHex(office.crypto.sha256(challenge)),
        challenges,
        instantOf(secondsOf(office.clock.now()) + 600),
      )
      const options = await generateRegistrationOptions({
        rpName: config.organisation,
        rpID,
        userID: new Uint8Array(utf8(enrolment.person)),
        userName: enrolment.person,
        userDisplayName: name,
        challenge: new Uint8Array(challenge),
        attestationType: 'none',
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: [-7],
      })
      return { options: { ...options } }
    },
    async enrolmentKey({ body }) {
      const enrolment = await open(body.token)
      if (enrolment.signInDone) throw new Refused('enrolment-invalid')
      const verified = await verifyRegistrationResponse({
        response: body.response as unknown as RegistrationResponseJSON, // the library checks every member
        expectedChallenge: async (text) => {
          const challenge = fromBase64Url(text)
          return (
            challenge !== undefined &&
            (await office.ephemera.takeChallenge(
              toHex(office.crypto.sha256(challenge)),
              challenges,
              office.clock.now(),
            ))
          )
        },
        expectedOrigin: config.origin,
        expectedRPID: rpID,
        requireUserVerification: true,
      }).catch(() => undefined)
      if (verified?.verified !== true) throw new Refused('sign-in-failed')
      const { credential } = verified.registrationInfo
      const { person } = await describe(enrolment)
      await collect(enrolment, 'sign-in', credential.id.slice(0, 128), (records) =>
        records.putSignInKey({
          id: credential.id,
          person: enrolment.person,
          publicKey: credential.publicKey,
          counter: credential.counter,
        }),
      )
      return { deskUrl: deskUrl(body.token, person.roles) }
    },
    async deskEnrolment({ body }) {
      const enrolment = await open(body.token)
      if (enrolment.decidingDone) throw new Refused('enrolment-invalid')
      const { name } = await describe(enrolment)
      return { person: enrolment.person, name }
    },
    async deskKey({ body }) {
      const enrolment = await open(body.token)
      const blob = fromBase64(body.blob)
      const key = blob === undefined ? undefined : parsePublicKey(blob)
      if (
        enrolment.decidingDone ||
        blob === undefined ||
        key?.ok !== true ||
        body.origin !== config.desk.origin
      )
        throw new Refused('enrolment-invalid')
      const fingerprint = keyIdOf(blob, office.crypto.sha256)
      await collect(enrolment, 'decide', fingerprint, (records) =>
        records.putPendingKey({
          key: fingerprint,
          person: enrolment.person,
          blob,
          class: 'passkey',
          origin: body.origin,
        }),
      )
      return { fingerprint }
    },
  }
}
