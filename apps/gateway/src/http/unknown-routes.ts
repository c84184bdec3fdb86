import type { FastifyInstance, HTTPMethods } from 'fastify'
import { routes, type Route } from '@chaperone/contract'
import { Refused } from './problem.ts'

const methods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Answers a known address with a method it does not have: 405 with what it has. */
export function registerOtherMethods(app: FastifyInstance): void {
  const known = new Map<string, Set<HTTPMethods>>()
  for (const { path, method } of Object.values<Route>(routes)) {
    known.set(path, (known.get(path) ?? new Set()).add(method))
  }
  for (const [url, has] of known) {
    app.route({
      method: methods.filter((method) => !has.has(method)),
      url,
      schema: { hide: true },
      handler: (_, reply) => {
        void reply.header('allow', [...has].join(', '))
        throw new Refused('method-not-allowed', { allow: [...has] })
      },
    })
  }
}
