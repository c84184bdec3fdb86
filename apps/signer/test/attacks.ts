import {
  keyIdOf,
  packAssertion,
  parsePublicKey,
  skP256Blob,
  toBase64,
  toBase64Url,
} from '@chaperone/encoding'
import { toBeSigned, toHex, utf8, type PersonId } from '@chaperone/encoding'
import type { Event, EventOf, Outcome, Roster, SignedStatement, StopStatement } from '@chaperone/domain'
import { generateKey, nodeCrypto } from '@chaperone/node-crypto'
import type { IssueRequest } from '../src/issue-request.ts'
import type { Answer } from '../src/signer.ts'
import type { Gateway } from './gateway.ts'
import { escort, officer, rosterKey } from './organisation.ts'
import type { Work } from './work.ts'

export type Attack = (it: Gateway) => Answer | Promise<Answer>

export function digestOf({ text }: SignedStatement): string {
  return toHex(nodeCrypto.sha256(utf8(text)))
}

/** Submits and intends as it should be, and asks for something else. */
export function askFor(change: (request: IssueRequest) => Partial<IssueRequest>): Attack {
  return (it) => prepared(it, it.work(), {}, change)
}

/** The step's document is changed, the order's and the statements are not. */
export function changedStep(change: Partial<IssueRequest['step']['document']>): Attack {
  return askFor(({ step }) => ({ step: { ...step, document: { ...step.document, ...change } } }))
}

export function changedOrder(change: Partial<IssueRequest['order']['document']>): Attack {
  return askFor(({ order }) => ({ order: { ...order, document: { ...order.document, ...change } } }))
}

/** A statement of the escort's that says something else. */
export function saying(change: Parameters<Work['statement']>[1]): Attack {
  return (it) => {
    const work = it.work()
    return it.ask(work, 1, [work.allow(escort, change)])
  }
}

/** A statement of the escort's whose line for step 1 says something else. */
export function lineOf(change: Parameters<Work['line']>[1]): Attack {
  return (it) => {
    const work = it.work()
    return it.ask(work, 1, [work.allow(escort, { steps: [work.line(1, change)] })])
  }
}

/** What this makes of an order stands in the place of the escort's statement. */
export function stating(make: (it: Gateway, work: Work) => readonly SignedStatement[]): Attack {
  return (it) => {
    const work = it.work()
    return it.ask(work, 1, make(it, work))
  }
}

/** An intent that says something else. */
export function intending(change: Partial<EventOf<'run-intended'>>): Attack {
  return (it) => prepared(it, it.work(), change)
}

async function prepared(
  it: Gateway,
  work: Work,
  intended: Partial<EventOf<'run-intended'>>,
  change: (request: IssueRequest) => Partial<IssueRequest> = () => ({}),
): Promise<Answer> {
  const statements = [work.allow()]
  it.log.append(work.submission())
  const intent = it.log.append(work.intent(1, statements, intended))
  const read = it.feed()
  if (!read.ok) return read
  const request = work.request(1, statements, intent)
  return it.signer.issue({ ...request, ...change(request) })
}

/** Entries come between the submission and the intent. */
export function after(entries: (it: Gateway, work: Work) => readonly Event[], index = 1): Attack {
  return async (it) => {
    const work = it.work()
    const statements = [work.allow()]
    it.log.append(work.submission())
    for (const entry of entries(it, work)) it.log.append(entry)
    const intent = it.log.append(work.intent(index, statements))
    const read = it.feed()
    return read.ok ? it.signer.issue(work.request(index, statements, intent)) : read
  }
}

/** Step 1 ends so, by the log at least, and step 2 is asked for. */
export async function secondStep(it: Gateway, work: Work, outcome: Outcome): Promise<Answer> {
  const statements = [work.allow()]
  const entry = it.log.append(work.end(1, outcome))
  const intent = it.log.append(work.intent(2, statements, { after: { run: work.run(1), entry } }))
  const read = it.feed()
  return read.ok ? it.signer.issue(work.request(2, statements, intent)) : read
}

/** Somebody with an organisation's keys, at a time. */
export type Writer = Pick<Gateway, 'organisation' | 'at'>

export function stopOf(it: Writer, change: Partial<StopStatement> = {}): SignedStatement {
  const issued = it.at()
  const statement = {
    kind: 'stop',
    scope: 'target',
    value: 'web-1',
    officer,
    issued,
    expires: 'never',
  } as const
  return it.organisation.sign(change.officer ?? officer, { ...statement, ...change })
}

export function liftsOf(it: Writer, stop: string, officers: readonly PersonId[]): SignedStatement[] {
  return officers.map((person) =>
    it.organisation.sign(person, { kind: 'lift', stop, officer: person, issued: it.at() }),
  )
}

export function recoveryOf(
  it: Gateway,
  officers: readonly PersonId[],
  epoch = 2,
  logSize = it.log.entries.length,
): SignedStatement[] {
  const head = { logSize, logRoot: toHex(it.log.root(logSize)), epoch, issued: it.at() }
  return officers.map((person) =>
    it.organisation.sign(person, { kind: 'recovery', officer: person, ...head }),
  )
}

export function withPerson(
  roster: Roster,
  name: PersonId,
  change: Partial<Roster['people'][number]>,
): Roster['people'] {
  return roster.people.map((person) => (person.person === name ? { ...person, ...change } : person))
}

/** What an authenticator in software gives, as far as it is used here. */
export interface Authenticator {
  create(options: never, origin: string): { response: { attestationObject: string } }
  get(
    options: { challenge: string; rpId: string },
    origin: string,
  ): { response: { authenticatorData: string; clientDataJSON: string; signature: string } }
}

const rpId = 'sign.localhost'
const origin = `https://${rpId}`

/** The escort's only key is a passkey, touched at `page` over a challenge that the attacker chose. */
export function touching(
  authenticator: Authenticator,
  page: string,
  challengeFor: (toBeSigned: Uint8Array) => Uint8Array,
): Attack {
  return (it) => {
    const passkey = passkeyOf(authenticator, page)
    const key = {
      ...rosterKey(generateKey().key),
      key: keyIdOf(passkey, nodeCrypto.sha256),
      blob: toBase64(passkey),
      class: 'passkey' as const,
      origins: [origin],
    }
    const people = withPerson(it.organisation.roster, escort, { keys: [key] })
    it.signer.takeRoster(it.organisation.nextRoster({ people }))
    const work = it.work()
    const { text } = work.allow(escort, { roster: 2 })
    const wanted = toBeSigned('allow@chaperone', utf8(text), nodeCrypto.sha512)
    const challenge = toBase64Url(challengeFor(wanted))
    const { response } = authenticator.get({ challenge, rpId }, page)
    const signature = packed(passkey, page, response)
    return it.ask(work, 1, [{ text, signature }])
  }
}

function passkeyOf(authenticator: Authenticator, page: string): Uint8Array {
  const wanted = {
    rp: { id: rpId, name: rpId },
    user: { id: 'AAAA', name: 'x', displayName: 'x' },
    challenge: 'AAAA',
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  }
  const { response } = authenticator.create(wanted as never, page)
  const bytes = Buffer.from(response.attestationObject, 'base64url')
  // The COSE key ends the attestation object: x after 21 58 20, y after 22 58 20.
  const point = Buffer.concat([Buffer.from([4]), bytes.subarray(-67, -35), bytes.subarray(-32)])
  return skP256Blob(point, rpId)
}

function packed(
  passkey: Uint8Array,
  page: string,
  response: ReturnType<Authenticator['get']>['response'],
): string {
  const key = parsePublicKey(passkey)
  const assertion = {
    authenticatorData: Buffer.from(response.authenticatorData, 'base64url'),
    clientData: Buffer.from(response.clientDataJSON, 'base64url'),
    signature: Buffer.from(response.signature, 'base64url'),
  }
  const whole = key.ok && packAssertion(key.value, 'allow@chaperone', page, assertion, nodeCrypto.sha256)
  if (!whole || !whole.ok) throw new Error('an assertion of a passkey can be packed')
  return whole.value
}
