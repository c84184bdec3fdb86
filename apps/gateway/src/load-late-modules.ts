import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import fastifySwagger from '@fastify/swagger'
import Fastify from 'fastify'

/** Loads what libraries only load when they are first used: after `dropPrivileges` their files may be out of reach. */
export async function loadLateModules(): Promise<void> {
  const app = Fastify({ logger: { level: 'silent' } })
  await app.register(fastifyCookie)
  await app.register(fastifyHelmet)
  await app.register(fastifyRateLimit)
  await app.register(fastifySwagger, { openapi: {} })
  await app.register(fastifyStatic, { root: '/', serve: false })
  await app.ready()
  app.swagger()
  await app.close()
}
