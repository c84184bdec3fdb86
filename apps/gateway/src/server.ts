import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifySwagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import { problemOf } from '@chaperone/contract'
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
import { answerError } from './http/problem.ts'
import { registerRoutes } from './http/register-routes.ts'
import { serveWebApp } from './web-app.ts'

/** The gateway's HTTP face. */
export async function buildServer(gateway: Gateway, events: EventStream): Promise<FastifyInstance> {
  const { config, office } = gateway
  const app = Fastify({
    logger: {
      level: process.env['CHAPERONE_LOG_LEVEL'] ?? 'info',
      redact: ['req.headers.authorization', 'req.headers.cookie'],
      serializers: { req: ({ method, url }) => ({ method, url: url.split('?')[0] }) },
    },
    genReqId: () => randomUUID(),
    bodyLimit: 1024 * 1024,
    forceCloseConnections: true,
    ...(config.tls === undefined
      ? {}
      : { https: { key: readFileSync(config.tls.key), cert: readFileSync(config.tls.certificate) } }),
  })
  app.decorateRequest('caller', undefined)
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
  await app.register(fastifyRateLimit, {
    max: 600,
    timeWindow: '1 minute',
    errorResponseBuilder: (request) => ({
      ...problemOf('too-many-requests', {}, request.id),
      statusCode: 429,
    }),
  })
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Chaperone', version: '0.1.0', description: 'Escorted operations' },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  const deskToken = readFileSync(config.desk.tokenFile, 'utf8').trim()
  const door = doorkeeper(office, config.origin, deskToken)
  registerRoutes(app, door, {
    ...signInHandlers(gateway, door.cookieName),
    ...enrolmentHandlers(gateway),
    ...technicianHandlers(gateway),
    ...escortHandlers(gateway),
    ...signingHandlers(gateway),
    ...oversightHandlers(gateway),
  })
  events.register(app, door)
  registerExport(app, gateway, door)
  registerHealth(app, gateway)
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  await serveWebApp(app, config.webFolder)
  return app
}
