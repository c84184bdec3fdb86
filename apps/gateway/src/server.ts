import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { GatewayConfig } from './config.ts'
import type { EventStream } from './event-stream.ts'
import type { Gateway } from './gateway.ts'
import { registerExport } from './export-order.ts'
import { enrolmentHandlers } from './handlers/enrolment.ts'
import { escortHandlers } from './handlers/escort.ts'
import { oversightHandlers } from './handlers/oversight.ts'
import { signInHandlers } from './handlers/sign-in.ts'
import { signingHandlers } from './handlers/signing.ts'
import { technicianHandlers } from './handlers/technician.ts'
import { registerHealth } from './health.ts'
import { doorkeeper } from './http/access.ts'
import { defaultRates, rateLimits, type Rates } from './http/limits.ts'
import { logging, type LogOptions } from './http/logging.ts'
import { answerError } from './http/problem.ts'
import { registerRoutes } from './http/register-routes.ts'
import { registerOtherMethods } from './http/unknown-routes.ts'
import { describeApi } from './open-api.ts'
import { serveWebApp } from './web-app.ts'

export interface ServerOptions {
  readonly log: LogOptions
  readonly rates?: Rates
}

/** The gateway's HTTP face. */
export async function buildServer(
  gateway: Gateway,
  events: EventStream,
  options: ServerOptions,
): Promise<FastifyInstance> {
  const { config, office } = gateway
  const app = bareServer(config, options.log)
  app.decorateRequest('caller', undefined)
  app.decorateRequest('plainFacts', false)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerError)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    crossOriginOpenerPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  })
  await app.register(fastifyCookie)
  const limits = await rateLimits(app, options.rates ?? defaultRates)
  await describeApi(app)
  const deskToken = readFileSync(config.desk.tokenFile, 'utf8').trim()
  const door = doorkeeper(office, config.origin, deskToken)
  registerRoutes(app, door, limits, {
    ...signInHandlers(gateway, { cookieName: door.cookieName, limits, onSignOut: events.end }),
    ...enrolmentHandlers(gateway),
    ...technicianHandlers(gateway, limits),
    ...escortHandlers(gateway),
    ...signingHandlers(gateway),
    ...oversightHandlers(gateway),
  })
  registerOtherMethods(app)
  events.register(app, door)
  registerExport(app, gateway, door)
  registerHealth(app, gateway)
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  await serveWebApp(app, config.webFolder)
  return app
}

function bareServer({ tls }: GatewayConfig, log: LogOptions): FastifyInstance {
  const shared = {
    logger: logging(log),
    genReqId: () => randomUUID(),
    bodyLimit: 1024 * 1024,
    forceCloseConnections: true,
    // A slow sender must not hold a connection for ever; a run's page and the event stream only receive.
    requestTimeout: 60_000,
  }
  if (tls === undefined) return Fastify(shared)
  const https = { key: readFileSync(tls.key), cert: readFileSync(tls.certificate) }
  return Fastify({ ...shared, https }) as unknown as FastifyInstance // the same, but for the server's class
}
