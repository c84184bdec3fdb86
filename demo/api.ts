import {
  routes,
  type AnswerOf,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type RouteName,
} from '@chaperone/contract'
import { err, ok, utf8, type Result } from '@chaperone/encoding'
import { signSshsig, type PrivateKey } from '@chaperone/node-crypto'

type Input<N extends RouteName> = {
  readonly [K in 'params' | 'query' | 'body']?: {
    params: ParamsOf<N>
    query: QueryOf<N>
    body: BodyOf<N>
  }[K]
}

/** A refusal as the gateway spells it (RFC 9457). */
export interface Problem {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly [fact: string]: unknown
}

/** A client of the gateway for one person's session. */
export interface Api {
  /** Asks, and throws `ApiRefused` when refused. */
  call<N extends RouteName>(name: N, input?: Input<N>): Promise<AnswerOf<N>>
  /** Asks, and answers the refusal. */
  ask<N extends RouteName>(name: N, input?: Input<N>): Promise<Result<AnswerOf<N>, Problem>>
  /** A GET outside the table of routes. */
  download(path: string): Promise<Uint8Array>
}

export class ApiRefused extends Error {
  override readonly name = 'ApiRefused'
  readonly problem: Problem

  constructor(route: string, problem: Problem) {
    super(`${route}: ${problem.code}: ${problem.title}`)
    this.problem = problem
  }
}

export type Credential = { readonly bearer: string } | { readonly cookie: string } | undefined

/** `url` is where the gateway listens, `origin` what browsers call it. */
export interface Gateway {
  readonly url: string
  readonly origin: string
}

export function apiOf({ url, origin }: Gateway, credential?: Credential): Api {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = {}
    if (credential !== undefined && 'bearer' in credential)
      headers['authorization'] = `Bearer ${credential.bearer}`
    if (credential !== undefined && 'cookie' in credential) {
      headers['cookie'] = credential.cookie
      headers['origin'] = origin
      headers['sec-fetch-site'] = 'same-origin'
    }
    if (body !== undefined) headers['content-type'] = 'application/json'
    return fetch(`${url}${path}`, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  async function ask<N extends RouteName>(
    name: N,
    input: Input<N> = {},
  ): Promise<Result<AnswerOf<N>, Problem>> {
    const { method, path } = routes[name]
    const response = await send(method, pathOf(path, input.params, input.query), input.body)
    if (response.status === 204) return ok(undefined as AnswerOf<N>)
    const answer = (await response.json()) as unknown
    return response.ok ? ok(answer as AnswerOf<N>) : err(answer as Problem)
  }

  return {
    ask,
    async call(name, input) {
      const answer = await ask(name, input)
      if (!answer.ok) throw new ApiRefused(name, answer.error)
      return answer.value
    },
    async download(path) {
      const response = await send('GET', path)
      if (!response.ok) throw new ApiRefused(path, (await response.json()) as Problem)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}

function pathOf(template: string, params: unknown, query: unknown): string {
  const path = Object.entries(params ?? {}).reduce(
    (text, [name, value]) => text.replace(`:${name}`, encodeURIComponent(String(value))),
    template,
  )
  const words = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) words.set(name, String(value))
  return words.size === 0 ? path : `${path}?${words}`
}

/** Signs in as the command line does, with a key of the roster. */
export async function signInWithKey(gateway: Gateway, key: PrivateKey): Promise<Api> {
  const door = apiOf(gateway)
  const { challenge } = await door.call('keyChallenge')
  const signature = signSshsig(key, 'sign-in@chaperone', utf8(challenge))
  const { token } = await door.call('keySignIn', { body: { challenge, signature } })
  return apiOf(gateway, { bearer: token })
}
