import {
  routes,
  type AnswerOf,
  type BodyOf,
  type ParamsOf,
  type Problem,
  type QueryOf,
  type Route,
  type RouteName,
} from '@chaperone/contract'
import { Fault } from '@chaperone/encoding'
import { adviceOf } from './refused.ts'

type Part<K extends string, V> = [V] extends [undefined]
  ? { readonly [P in K]?: never }
  : { readonly [P in K]: V }

/** What a route wants, as the contract has it. */
export type Input<N extends RouteName> = Part<'params', ParamsOf<N>> &
  Part<'query', QueryOf<N>> &
  Part<'body', BodyOf<N>>

/** The gateway's API with somebody's session. Throws `GatewayProblem`; nothing is ever tried again. */
export interface Gateway {
  readonly url: string
  call<N extends RouteName>(name: N, input: Input<N>): Promise<AnswerOf<N>>
  /** Something served outside the route table, as bytes. */
  download(path: string): Promise<Uint8Array>
}

/** What the gateway answered instead. */
export class GatewayProblem extends Error {
  override readonly name = 'GatewayProblem'
  readonly problem: Problem
  /** The request went out and no answer came: it may have taken effect. */
  readonly effectUnknown: boolean

  constructor(problem: Problem, effectUnknown = false) {
    super(problem.title)
    this.problem = problem
    this.effectUnknown = effectUnknown
  }

  get advice(): string | undefined {
    if (this.effectUnknown) return 'look whether it took effect before you do it again'
    return adviceOf(this.problem.code)
  }
}

const patience = 60_000

export function gatewayAt(url: string, token: string | undefined): Gateway {
  const headers = {
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }

  async function ask(path: string, method: string, body?: unknown): Promise<Response> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    try {
      return await fetch(`${url}${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
        headers: { ...headers, ...json },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      if (neverLeft(cause))
        throw new Fault('gateway-unreachable', `cannot reach the gateway at ${url}`, { cause })
      throw new GatewayProblem(unanswered, method !== 'GET')
    }
  }

  return {
    url,
    async call<N extends RouteName>(name: N, input: Input<N>): Promise<AnswerOf<N>> {
      const route: Route = routes[name]
      const { params, query, body } = input as {
        params?: Readonly<Record<string, unknown>>
        query?: Readonly<Record<string, unknown>>
        body?: unknown
      }
      const response = await ask(pathOf(route.path, params ?? {}, query ?? {}), route.method, body)
      if (!response.ok) throw new GatewayProblem(await problemIn(response))
      if (response.status === 204) return undefined as AnswerOf<N>
      const parsed = route.answer?.safeParse(await response.json())
      if (parsed?.success !== true) throw new Fault('answer-malformed', 'the gateway’s answer cannot be read')
      return parsed.data as AnswerOf<N>
    },
    async download(path) {
      const response = await ask(path, 'GET')
      if (!response.ok) throw new GatewayProblem(await problemIn(response))
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}

function pathOf(
  path: string,
  params: Readonly<Record<string, unknown>>,
  query: Readonly<Record<string, unknown>>,
): string {
  const filled = path.replace(/:([a-z]+)/g, (_, key: string) => encodeURIComponent(String(params[key])))
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value))
  return search.size === 0 ? filled : `${filled}?${search}`
}

async function problemIn(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  if (typeof body === 'object' && body !== null && 'code' in body && 'title' in body) return body as Problem // as looked for
  const { status } = response
  return { type: 'about:blank', title: `the gateway answered ${status}`, status, code: 'answer-unreadable' }
}

const unanswered: Problem = {
  type: 'about:blank',
  title: 'the gateway did not answer',
  status: 0,
  code: 'gateway-silent',
}

/** Refused, not found, or a port that `fetch` does not use: no byte of the request went out. */
function neverLeft(failure: unknown): boolean {
  const { code, message } = (failure as { cause?: { code?: unknown; message?: unknown } }).cause ?? {}
  const before = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']
  return before.includes(String(code)) || message === 'bad port'
}
