import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { concat, keyIdOf, skP256Blob, toBase64, toBase64Url } from '@chaperone/encoding'
import { largestDraft } from '@chaperone/contract'
import { checkStatement } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { softwareAuthenticator, type SoftwareAuthenticator, sampleDraft } from '@chaperone/testkit'
import { startDesk, type RunningDesk } from './running-desk.ts'

const { adopted, decisionDraft, killDraft, noon, releaseDraft, rosterWith, rpId, ticket } = sampleDraft

type Answer = Readonly<Record<string, unknown>>
let desk: RunningDesk
let authenticator: SoftwareAuthenticator
let roster: ReturnType<typeof rosterWith>

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${desk.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: desk.origin, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

/** What the page does with the challenge. */
function touch(challenge: unknown, key = authenticator, at = desk.origin, userVerification = 'required') {
  const { response } = key.get({ challenge: String(challenge), rpId, userVerification } as never, at)
  const { authenticatorData, clientDataJSON: clientData, signature } = response
  return { authenticatorData, clientData, signature }
}

/** Enrols over HTTP and answers the public key that the gateway was given. */
async function enrol(key: SoftwareAuthenticator) {
  const token = 'E'.repeat(43)
  const { body } = await post('/api/enrolment', { token })
  const response = key.create(body['options'] as never, desk.origin)
  const kept = await post('/api/enrolment/key', { token, response })
  return { kept, blob: Buffer.from(desk.gateway.keys.at(-1)?.blob ?? '', 'base64') }
}

beforeAll(async () => {
  desk = await startDesk(rpId, noon)
  authenticator = softwareAuthenticator()
  const { blob } = await enrol(authenticator)
  roster = rosterWith([skP256Blob(concat(new Uint8Array([4]), new Uint8Array(64)), rpId), blob], desk.origin)
  desk.root(adopted(roster))
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(() => {
  desk.gateway.failing = {}
  desk.gateway.draft = decisionDraft(roster)
  desk.gateway.completed.length = 0
  desk.gateway.keys.length = 0
})

test.for(['allow', 'release', 'kill'])('an honest %s is shown, signed and handed in', async (kind) => {
  desk.gateway.draft = { allow: decisionDraft(roster), release: releaseDraft(roster), kill: killDraft() }[
    kind
  ]
  const shown = await post('/api/draft', { ticket })
  expect(shown).toMatchObject({ status: 200, body: { subject: { kind }, rpId } })
  const signed = await post('/api/sign', { ticket, assertion: touch(shown.body['challenge']) })
  expect(signed).toEqual({ status: 200, body: {} })
  const [handed] = desk.gateway.completed
  expect(handed?.statement.text).toBe(desk.gateway.draft?.statement)
  expect(checkStatement(handed!.statement, roster, noon, nodeCrypto)).toMatchObject({ ok: true })
})

test('what is shown says what the bytes are, with what is invisible marked', async () => {
  const bytes = Buffer.from('echo safe \u202e# harmless\n')
  desk.gateway.draft = decisionDraft(roster, { bytes: [bytes] })
  const { body } = await post('/api/draft', { ticket })
  expect(body['subject']).toMatchObject({
    steps: [{ content: { shown: ['echo safe ', ['U+202E', 'right-to-left override'], '# harmless\n'] } }],
  })
})

test('a draft that fails the check is not shown and not signed', async () => {
  const honest = await post('/api/draft', { ticket })
  const assertion = touch(honest.body['challenge'])
  const draft = decisionDraft(roster)
  desk.gateway.draft = { ...draft, steps: draft.steps.map((step) => ({ ...step, bytes: 'cm0=' })) }
  const shown = await post('/api/draft', { ticket })
  expect(shown).toMatchObject({ status: 409, body: { code: 'opening-mismatch' } })
  expect(shown.body).not.toHaveProperty('challenge')
  expect(await post('/api/sign', { ticket, assertion })).toMatchObject({ body: { code: 'opening-mismatch' } })
  expect(desk.gateway.completed).toEqual([])
})

test('a touch for one statement does not sign another that took its place', async () => {
  const shown = await post('/api/draft', { ticket })
  const assertion = touch(shown.body['challenge'])
  desk.gateway.draft = decisionDraft(roster, { kind: 'forbid' })
  const { body } = await post('/api/sign', { ticket, assertion })
  expect(body['code']).toBe('signature-bad')
  expect(desk.gateway.completed).toEqual([])
})

test.for<[code: string, make: (challenge: unknown) => ReturnType<typeof touch>]>([
  ['key-not-yours', (challenge) => touch(challenge, strangersKey())],
  ['key-class-unproven', (challenge) => touch(challenge, authenticator, desk.origin, 'discouraged')],
  ['signature-bad', () => touch(toBase64Url(new Uint8Array(32)))],
  ['signature-malformed', (challenge) => touch(challenge, authenticator, 'http://sign.localhost:1')],
  ['signature-malformed', (challenge) => ({ ...touch(challenge), signature: 'AAAA' })],
  ['signature-malformed', (challenge) => ({ ...touch(challenge), authenticatorData: 'AAAA' })],
  ['request-malformed', (challenge) => ({ ...touch(challenge), signature: 'A' })],
])('a touch is refused with %s', async ([code, make]) => {
  const shown = await post('/api/draft', { ticket })
  const { body } = await post('/api/sign', { ticket, assertion: make(shown.body['challenge']) })
  expect(body['code']).toBe(code)
  expect(desk.gateway.completed).toEqual([])
})

function strangersKey(): SoftwareAuthenticator {
  const key = softwareAuthenticator()
  const user = { id: 'AAAA', name: 'x', displayName: 'x' }
  const pubKeyCredParams = [{ type: 'public-key', alg: -7 }] as const
  const options = {
    challenge: 'AAAA',
    rp: { id: rpId, name: 'x' },
    user,
    pubKeyCredParams: [...pubKeyCredParams],
  }
  key.create(options, desk.origin)
  return key
}

test.for<[failure: 'hang-up' | 'ticket-invalid' | 'already-decided', code: string]>([
  ['hang-up', 'handing-in-unknown'],
  ['ticket-invalid', 'ticket-invalid'],
  ['already-decided', 'already-decided'],
])('when the gateway answers the signature with %s it is said that it had it', async ([failure, code]) => {
  const shown = await post('/api/draft', { ticket })
  desk.gateway.failing = { deskComplete: failure }
  const { body } = await post('/api/sign', { ticket, assertion: touch(shown.body['challenge']) })
  expect(body).toMatchObject({ code, handedIn: true })
})

test.for<[route: 'deskDraft' | 'deskRosters', failure: 'hang-up' | 'ticket-invalid', code: string]>([
  ['deskDraft', 'hang-up', 'gateway-unavailable'],
  ['deskDraft', 'ticket-invalid', 'ticket-invalid'],
  ['deskRosters', 'hang-up', 'gateway-unavailable'],
])('when %s fails by %s nothing is shown', async ([route, failure, code]) => {
  desk.gateway.failing = { [route]: failure }
  const { body } = await post('/api/draft', { ticket })
  expect(body['code']).toBe(code)
  // Words are the desk's own, whatever the gateway sends along.
  expect(JSON.stringify(body)).not.toContain('from the gateway')
})

test('the address of a problem is served here too', async () => {
  const at = (code: string) => fetch(`${desk.url}/problems/${code}`)
  expect(await (await at('no-passkey-here')).text()).toContain('You have no passkey that counts')
  expect((await at('no-such-code')).status).toBe(404)
})

test('a draft that is larger than anything that could be shown is not read to its end', async () => {
  const draft = decisionDraft(roster)
  desk.gateway.draft = { ...draft, statement: 'x'.repeat(largestDraft) }
  expect(await post('/api/draft', { ticket })).toMatchObject({
    status: 413,
    body: { code: 'draft-too-large' },
  })
})

test('a key is collected, and its fingerprint is the desk’s word', async () => {
  const { kept, blob } = await enrol(softwareAuthenticator())
  expect(kept).toEqual({ status: 200, body: { fingerprint: keyIdOf(blob, nodeCrypto.sha256) } })
  expect(desk.gateway.keys).toEqual([{ token: 'E'.repeat(43), blob: toBase64(blob), origin: desk.origin }])
})

test.for<[what: string, token: string, at: () => string, verification: string]>([
  ['of another link', 'F'.repeat(43), () => desk.origin, 'required'],
  ['made at another origin', 'E'.repeat(43), () => 'http://sign.localhost:1', 'required'],
  ['without user verification', 'E'.repeat(43), () => desk.origin, 'discouraged'],
])('a key %s is not collected', async ([, token, at, userVerification]) => {
  const { body } = await post('/api/enrolment', { token: 'E'.repeat(43) })
  const options = { ...(body['options'] as object), authenticatorSelection: { userVerification } }
  const response = softwareAuthenticator().create(options as never, at())
  const kept = await post('/api/enrolment/key', { token, response })
  expect(kept.body['code']).toBe('enrolment-failed')
  expect(desk.gateway.keys).toEqual([])
})

test('a registration is taken once', async () => {
  const token = 'E'.repeat(43)
  const { body } = await post('/api/enrolment', { token })
  const response = softwareAuthenticator().create(body['options'] as never, desk.origin)
  expect((await post('/api/enrolment/key', { token, response })).status).toBe(200)
  expect((await post('/api/enrolment/key', { token, response })).body['code']).toBe('enrolment-failed')
})

test('when it is not known whether the gateway took a key, its fingerprint is shown all the same', async () => {
  desk.gateway.failing = { deskKey: 'hang-up' }
  const { kept } = await enrol(softwareAuthenticator())
  expect(kept.body).toMatchObject({
    code: 'key-taken-unknown',
    fingerprint: expect.stringMatching(/^SHA256:/),
  })
})

test.for<[what: string, headers: Record<string, string>]>([
  ['another origin', { origin: 'http://app.localhost:8400' }],
  ['no origin of a page', { origin: 'null' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling', { 'sec-fetch-site': 'same-site' }],
])('a request from %s is refused', async ([, headers]) => {
  expect(await post('/api/draft', { ticket }, headers)).toMatchObject({
    status: 403,
    body: { code: 'origin-wrong' },
  })
})

test.for<[path: string, body: unknown, status: number, code: string]>([
  ['/api/draft', {}, 400, 'request-malformed'],
  ['/api/draft', { ticket: 'short' }, 400, 'request-malformed'],
  ['/api/draft', { ticket, also: 1 }, 400, 'request-malformed'],
  ['/api/draft', '{', 400, 'request-malformed'],
  ['/api/draft', { ticket: 'x'.repeat(70_000) }, 413, 'request-too-large'],
  ['/api/other', {}, 404, 'not-found'],
])('%s with %o is answered %i', async ([path, body, status, code]) => {
  const answered = await post(path, body)
  expect(answered).toMatchObject({ status, body: { code, instance: expect.any(String) } })
})

test('the page may load nothing from elsewhere, be framed by nobody, and is kept by no cache', async () => {
  const response = await fetch(`${desk.url}/sign`)
  const policy = response.headers.get('content-security-policy')?.split(';').sort()
  expect(policy).toEqual([
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "script-src 'self'",
    "style-src 'self'",
    "trusted-types 'none'",
  ])
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('cross-origin-opener-policy')).toBeNull()
  expect(await response.text()).not.toMatch(/<script>|<style|style=|onclick/)
})

test.for(['/page/tsconfig.json', '/page/../src/main.ts', '/page/%2e%2e/package.json'])(
  '%s is not served',
  async (path) => {
    expect((await fetch(`${desk.url}${path}`)).status).toBe(404)
  },
)

test('it says when it is well', async () => {
  expect((await fetch(`${desk.url}/healthz`)).status).toBe(200)
})

test('who asks too often is told to wait', async () => {
  await using busy = await startDesk(rpId, noon)
  const statuses: number[] = []
  for (let i = 0; i < 601; i++) {
    const response = await fetch(`${busy.url}/healthz`)
    statuses.push(response.status)
    await response.body?.cancel()
  }
  expect([statuses.indexOf(429), statuses.at(-1)]).toEqual([600, 429])
})
