import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { problemPage } from '@chaperone/contract'
import { challenges } from './challenges.ts'
import type { DeskConfig } from './config.ts'
import type { Desk } from './desk.ts'
import { collectKey, showEnrolment } from './enrol.ts'
import { answerError, Refused } from './problem.ts'
import type { PageFile } from './page-files.ts'
import { showDraft, sign } from './sign.ts'
import type { SettingsView } from './view.ts'

/** How the process is reached; `tls` holds PEM texts. */
export interface Listening {
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer }
  readonly logLevel: string
}

/** Reads what TLS needs while it may still be read. */
export function listening({ tls }: Pick<DeskConfig, 'tls'>, logLevel: string): Listening {
  return tls === undefined
    ? { logLevel }
    : { logLevel, tls: { key: readFileSync(tls.key), cert: readFileSync(tls.certificate) } }
}

const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const base64Url = z.string().regex(/^[A-Za-z0-9_-]{1,8192}$/)
const bodies = {
  ticket: z.strictObject({ ticket: token }),
  signature: z.strictObject({
    ticket: token,
    assertion: z.strictObject({ authenticatorData: base64Url, clientData: base64Url, signature: base64Url }),
  }),
  link: z.strictObject({ token }),
  key: z.strictObject({ token, response: z.looseObject({}) }),
}

/** The desk's HTTP face: its page, and four things that only its page may ask for. */
export async function buildServer(
  desk: Desk,
  page: ReadonlyMap<string, PageFile>,
  { tls, logLevel }: Listening,
): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: logLevel },
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    ...(tls === undefined ? {} : { https: tls }),
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(() => {
    throw new Refused({ code: 'not-found' })
  })
  await protect(app, tls !== undefined)
  app.get('/healthz', () => ({ status: 'ok' }))
  servePage(app, page)
  serveProblemPages(app)
  serveApi(app, desk)
  return app
}

async function protect(app: FastifyInstance, encrypted: boolean): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
        'require-trusted-types-for': ["'script'"],
        'trusted-types': ["'none'"],
      },
    },
    // The app finds this window again by its name, which another opener policy would prevent.
    crossOriginOpenerPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: encrypted,
  })
  await app.register(fastifyRateLimit, {
    max: 600,
    timeWindow: '1 minute',
    errorResponseBuilder: () => new Refused({ code: 'too-many-requests' }),
  })
  app.addHook('onSend', async (_, reply) => {
    void reply.header('cache-control', 'no-store')
    void reply.header(
      'permissions-policy',
      'publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-read=()',
    )
  })
}

/** A problem's `type` is an address here too. */
function serveProblemPages(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    const text = problemPage(request.params.code)
    if (text === undefined) throw new Refused({ code: 'not-found' })
    return reply.type('text/plain; charset=utf-8').send(text)
  })
}

/** What is to be signed stands after `#`: it reaches no server and no log. */
function servePage(app: FastifyInstance, page: ReadonlyMap<string, PageFile>): void {
  for (const [name, { type, content }] of page) {
    const addresses = name === 'index.html' ? ['/', '/sign', '/enrol'] : [`/page/${name}`]
    for (const address of addresses) app.get(address, (_, reply) => reply.type(type).send(content))
  }
}

function serveApi(app: FastifyInstance, desk: Desk): void {
  const { config, root } = desk
  const registrations = challenges(desk.now, desk.random)
  const settings: SettingsView = {
    organisation: root.organisation,
    banner: config.banner,
    appOrigin: config.appOrigin,
  }

  function post<B extends z.ZodType>(path: string, body: B, answer: (body: z.output<B>) => Promise<object>) {
    app.post(path, async (request) => {
      requireOwnPage(request, config.origin)
      const parsed = body.safeParse(request.body)
      if (!parsed.success) throw new Refused({ code: 'request-malformed' })
      return answer(parsed.data)
    })
  }

  app.get('/api/settings', () => settings)
  post('/api/draft', bodies.ticket, ({ ticket }) => showDraft(desk, ticket))
  post('/api/sign', bodies.signature, async ({ ticket, assertion }) => {
    await sign(desk, ticket, assertion)
    return {}
  })
  post('/api/enrolment', bodies.link, (body) => showEnrolment(desk, registrations, body.token))
  post('/api/enrolment/key', bodies.key, (body) => collectKey(desk, registrations, body.token, body.response))
}

/** Nothing here is guarded by a cookie, but no other site's script has any business here. */
function requireOwnPage({ headers }: FastifyRequest, origin: string): void {
  const site = headers['sec-fetch-site']
  const own = headers.origin === origin && (site === undefined || site === 'same-origin')
  if (!own) throw new Refused({ code: 'origin-wrong' })
}
