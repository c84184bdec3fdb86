import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { largestSubmission, routes, type Access, type Route, type RouteName } from '@chaperone/contract'
import type { Caller, Doorkeeper } from './access.ts'
import type { Limits } from './limits.ts'

type Parsed<R, K extends string> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined
type Answered<R> = R extends { readonly answer: infer S extends z.ZodType } ? z.input<S> : void

/** A request as a handler sees it: validated, and by somebody who may call this route. */
export interface Call<N extends RouteName> {
  readonly params: Parsed<(typeof routes)[N], 'params'>
  readonly query: Parsed<(typeof routes)[N], 'query'>
  readonly body: Parsed<(typeof routes)[N], 'body'>
  readonly caller: (typeof routes)[N]['access'] extends 'anybody' | 'desk' ? undefined : Caller
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Handler<N extends RouteName> = (call: Call<N>) => Promise<Answered<(typeof routes)[N]>>
export type Handlers = { readonly [N in RouteName]: Handler<N> }

const largestBody = 6 * 1024 * 1024

/** Registers every route of the contract; a route without a handler does not compile. */
export function registerRoutes(
  app: FastifyInstance,
  door: Doorkeeper,
  limits: Limits,
  handlers: Handlers,
): void {
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const { method, path, summary, access, params, query, body, answer } = route
    app.route({
      method,
      url: path,
      bodyLimit: path === '/api/orders' || path.endsWith('/revise') ? largestSubmission : largestBody,
      schema: {
        operationId: name,
        summary,
        tags: [tagOf(access)],
        ...(params === undefined ? {} : { params }),
        ...(query === undefined ? {} : { querystring: query }),
        ...(body === undefined ? {} : { body }),
        ...(answer === undefined ? {} : { response: { 200: answer } }),
      },
      // Before the body is read: nobody unknown makes us hold so much.
      onRequest: async (request) => {
        request.plainFacts = isForTechnicians(access)
        request.caller = await door.admit(request, access)
        await limits.count(request)
      },
      handler: async (request, reply) => {
        // The schemas above have validated all three; the table's types say what they are.
        const call = {
          params: request.params,
          query: request.query,
          body: request.body,
          caller: request.caller,
          request,
          reply,
        }
        const value = await (handlers[name] as (call: unknown) => Promise<unknown>)(call)
        return answer === undefined ? reply.code(204).send() : reply.send(value)
      },
    })
  }
}

function isForTechnicians(access: Access): boolean {
  return Array.isArray(access) && access.length === 1 && access[0] === 'technician'
}

function tagOf(access: Access): string {
  return typeof access === 'string' ? access : access.join(', ')
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
    /** Refusals are told without facts about others. */
    plainFacts: boolean
  }
}
