import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '@chaperone/adapters'
import { toBase64 } from '@chaperone/encoding'
import { largestDraft, problems, routes, type Problem } from '@chaperone/contract'
import { softwareAuthenticator } from '@chaperone/testkit'
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { readConfig } from '../src/config.ts'
import { client, keySignIn, type Client } from './client.ts'
import { appOrigin, deskOrigin, gatewayUnderTest, type UnderTest } from './gateway-under-test.ts'
import { step, submission } from './orders.ts'
import { people } from './organisation.ts'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let it: UnderTest
let tess: Client

beforeAll(async () => {
  it = await gatewayUnderTest({
    rates: { address: 1e6, person: 1e6, analyses: 2, signInAddress: 1e6, signInKey: 3 },
  })
  tess = await it.as('tess')
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
})

const inject = (options: InjectOptions) => it.running.app.inject(options)

test.for<[code: string, ask: () => InjectOptions]>([
  ['not-found', () => ({ url: '/api/nothing' })],
  ['not-found', () => ({ method: 'POST', url: '/nothing' })],
  ['method-not-allowed', () => ({ method: 'DELETE', url: '/api/orders', headers: tess.headers })],
  ['method-not-allowed', () => ({ method: 'PUT', url: '/api/my-orders/wo-aaaaaaaa', headers: tess.headers })],
  ['not-signed-in', () => ({ url: '/api/me' })],
  ['not-signed-in', () => ({ url: '/api/me', headers: { authorization: `Bearer ${'A'.repeat(43)}` } })],
  [
    'not-signed-in',
    () => ({ method: 'POST', url: '/internal/desk/draft', headers: tess.headers, payload: {} }),
  ],
  ['not-allowed-here', () => ({ url: '/api/inbox', headers: tess.headers })],
  [
    'media-type-unsupported',
    () => ({
      method: 'POST',
      url: '/api/orders',
      headers: { ...tess.headers, 'content-type': 'text/xml' },
      payload: '<order/>',
    }),
  ],
  [
    'request-malformed',
    () => ({
      method: 'POST',
      url: '/api/orders',
      headers: { ...tess.headers, 'content-type': 'application/json' },
      payload: '{"steps":',
    }),
  ],
  ['request-malformed', () => ({ method: 'POST', url: '/api/orders', headers: tess.headers, payload: {} })],
  ['request-malformed', () => ({ url: '/api/my-orders/..%2f', headers: tess.headers })],
  [
    'request-malformed',
    () => ({
      method: 'POST',
      url: '/api/orders',
      headers: tess.headers,
      payload: { ...submission([step(it, 'true\n')]), technician: people.tom },
    }),
  ],
  [
    'request-too-large',
    () => ({
      method: 'POST',
      url: '/api/sign-in/key',
      payload: { challenge: 'x'.repeat(7 * 1024 * 1024), signature: '' },
    }),
  ],
])('answers %s as a problem of the registry', async ([code, ask]) => {
  const answer = await inject(ask())
  const problem = answer.json<Problem>()
  const row = problems[code as keyof typeof problems]
  expect(answer.statusCode).toBe(row.status)
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(problem).toMatchObject({ type: `/problems/${code}`, title: row.title, status: row.status, code })
  expect(problem.instance).toMatch(/^[0-9a-f-]{36}$/)
})

test('a defect is told as 500 and nothing more', async () => {
  const { reader } = it.running.gateway.office
  const names = reader.names.bind(reader)
  Object.assign(reader, { names: () => Promise.reject(new Error('secret detail')) })
  const answer = await inject({ url: '/api/me', headers: tess.headers })
  Object.assign(reader, { names })
  expect(answer.statusCode).toBe(500)
  expect(answer.body).not.toContain('secret detail')
  expect(answer.json()).toMatchObject({ code: 'internal-error' })
})

test('a step of 8 MiB passes, a byte more is refused and named', async () => {
  const whole = new Uint8Array(8 * 1024 * 1024).fill(0x23)
  const big = (bytes: Uint8Array) => ({ body: submission([step(it, '', { bytes: toBase64(bytes) })]) })
  const order = await tess.call('submitOrder', big(whole))
  expect(order.submission.steps[0]?.bytes.length).toBe(4 * Math.ceil(whole.length / 3))
  const more = await tess.ask('submitOrder', big(new Uint8Array(whole.length + 1).fill(0x23)))
  expect(more).toMatchObject({ status: 422, body: { code: 'step-malformed', field: 'bytes' } })
})

test('an order of several large steps passes up to 32 MiB, and the desk can be shown all of it', async () => {
  const bytes = toBase64(new Uint8Array(8 * 1024 * 1024).fill(0x23))
  const order = (steps: number, more = '') => ({
    body: submission(
      Array.from({ length: steps }, (_, i) => step(it, 'true\n', i < 4 ? { bytes } : { bytes: more })),
    ),
  })
  const most = await tess.call('submitOrder', order(4))
  expect(most.submission.steps.map((one) => one.bytes.length)).toEqual([1, 2, 3, 4].map(() => bytes.length))
  const esra = await it.as('esra')
  await esra.call('claimOrder', { params: { order: most.order }, body: { version: 1 } })
  const wish = { kind: 'allow' as const, version: 1, steps: [1, 2, 3, 4] }
  const { ticket } = await esra.call('prepareSigning', { params: { order: most.order }, body: wish })
  const draft = await it.desk.call('deskDraft', { body: { ticket } })
  expect(draft.steps.map((one) => one.bytes.length)).toEqual([1, 2, 3, 4].map(() => bytes.length))
  expect(JSON.stringify(draft).length).toBeLessThan(largestDraft)
  const facts = { code: 'order-too-large', most: 32 * 1024 * 1024, size: 32 * 1024 * 1024 + 1 }
  expect(await tess.ask('submitOrder', order(5, 'IA=='))).toMatchObject({ status: 413, body: facts })
})

test('nobody unknown makes the gateway read a large body', async () => {
  const answer = await inject({
    method: 'POST',
    url: '/api/orders',
    headers: { 'content-type': 'application/json' },
    payload: `{"x":"${'x'.repeat(20 * 1024 * 1024)}"}`,
  })
  expect(answer.json()).toMatchObject({ code: 'not-signed-in' })
})

test('answers forbid a browser everything', async () => {
  const { headers } = await inject({ url: '/api/me', headers: tess.headers })
  expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'")
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
})

test('/openapi.json is OpenAPI 3.1 and has every route', async () => {
  const document = (await inject({ url: '/openapi.json' })).json<{
    openapi: string
    paths: Record<string, Record<string, { operationId?: string }>>
  }>()
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  expect(operations.map((operation) => operation.operationId).sort()).toEqual(Object.keys(routes).sort())
})

test('/metrics is OpenMetrics, /readyz names what is missing, /healthz only lives', async () => {
  const metrics = await inject({ url: '/metrics' })
  expect(metrics.headers['content-type']).toContain('application/openmetrics-text')
  expect(metrics.body).toMatch(/^chaperone_log_entries \d+$/m)
  expect(metrics.body.endsWith('# EOF\n')).toBe(true)
  expect((await inject({ url: '/healthz' })).statusCode).toBe(200)
  expect((await inject({ url: '/readyz' })).json()).toMatchObject({ checks: { store: 'ok', signer: 'ok' } })
})

test('without TLS it listens on loopback only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cp-config-'))
  const file = join(folder, 'gateway.json')
  writeFileSync(file, JSON.stringify({ ...it.config, listen: { host: '0.0.0.0', port: 0 } }))
  expect(() => readConfig(file)).toThrow('loopback')
  writeFileSync(file, JSON.stringify(it.config))
  expect(readConfig(file).listen.host).toBe('127.0.0.1')
  rmSync(folder, { recursive: true })
})

test('one key cannot be tried without end', async () => {
  const attempts = []
  for (let i = 0; i < 4; i++) attempts.push(await it.as('emil').then(() => 'ok', String))
  expect(attempts.slice(0, 3)).toEqual(['ok', 'ok', 'ok'])
  expect(attempts[3]).toContain('too-many-requests')
  const other = await it.as('anna').then(() => 'ok', String)
  expect(other).toBe('ok')
})

test('a session is kept as a hash and ends by silence and by age', async () => {
  const { token } = await keySignIn(it.running.app, it.organisation, 'otto')
  const otto = client(it.running.app, { authorization: `Bearer ${token}` })
  expect(await otto.ask('me')).toMatchObject({ status: 200 })
  await using database = openDatabase({
    address: { ...it.postgres.server.connection, database: 'gateway' },
    poolSize: 1,
  })
  const { rows } = await database.pool.query('select * from session')
  expect(rows.length).toBeGreaterThan(0)
  expect(JSON.stringify(rows)).not.toContain(token)
  for (let minutes = 0; minutes < 7 * 60; minutes += 25) {
    it.passSeconds(25 * 60)
    expect(await otto.ask('me')).toMatchObject({ status: 200 })
  }
  it.passSeconds(31 * 60)
  expect(await otto.ask('me')).toMatchObject({ status: 401 })
  const again = await it.as('olga')
  for (let minutes = 0; minutes < 8 * 60; minutes += 20) {
    it.passSeconds(20 * 60)
    await again.ask('me')
  }
  expect(await again.ask('me')).toMatchObject({ status: 401 })
})

test('a browser’s cookie works for the gateway’s own pages only', async () => {
  const cookie = await passkeySession()
  const me = (headers: Record<string, string>) => inject({ url: '/api/me', headers: { cookie, ...headers } })
  const post = (headers: Record<string, string>) =>
    inject({ method: 'POST', url: '/api/sign-out', headers: { cookie, ...headers } })
  expect((await me({})).statusCode).toBe(200)
  expect((await me({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200)
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: deskOrigin },
    { origin: 'null' },
  ]) {
    expect((await me(headers)).json()).toMatchObject({ code: 'origin-wrong' })
    expect((await post(headers)).json()).toMatchObject({ code: 'origin-wrong' })
  }
  expect((await post({})).json()).toMatchObject({ code: 'origin-wrong' })
  expect((await post({ origin: appOrigin })).statusCode).toBe(204)
  expect((await me({})).statusCode).toBe(401)
})

/** Enrols a sign-in passkey by a one-time link and signs in with it. */
async function passkeySession(): Promise<string> {
  const otto = await it.as('otto')
  const { url } = await otto.call('issueEnrolment', { params: { person: people.tom } })
  const { pathname, search, hash } = new URL(url)
  expect([pathname, search]).toEqual(['/enrol', ''])
  const token = hash.slice(1)
  const key = softwareAuthenticator()
  const { options } = await it.nobody.call('enrolmentOptions', { body: { token } })
  const made = key.create(options as unknown as PublicKeyCredentialCreationOptionsJSON, appOrigin)
  await it.nobody.call('enrolmentKey', { body: { token, response: { ...made } } })
  expect(await it.nobody.ask('enrolmentOptions', { body: { token } })).toMatchObject({ status: 404 })
  const offered = await it.nobody.call('signInOptions')
  const asserted = key.get(offered.options as unknown as Parameters<typeof key.get>[0], appOrigin)
  const body = { challenge: offered.challenge, response: { ...asserted } }
  const signedIn = await it.nobody.ask('signIn', { body })
  expect(signedIn.status).toBe(200)
  expect(await it.nobody.ask('signIn', { body })).toMatchObject({ status: 401 }) // a challenge works once
  const cookie = String(signedIn.headers['set-cookie'])
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
  return cookie.split(';')[0] ?? ''
}

test('a person has only so many drafts analysed a minute', async () => {
  const steps = [{ target: 'web-1', account: 'ops', interpreter: 'bash' as const, bytes: 'dXB0aW1l' }]
  const again = await it.as('tess')
  const asked = []
  for (let i = 0; i < 3; i++) asked.push((await again.ask('analyse', { body: { steps } })).status)
  expect(asked).toEqual([200, 200, 429])
})
