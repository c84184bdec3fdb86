import { err, ok, type Result } from '@chaperone/encoding'
import {
  everyProblem,
  routes,
  type AnswerOf,
  type BodyOf,
  type ParamsOf,
  type Problem,
  type ProblemRow,
  type QueryOf,
  type Route,
  type RouteName,
} from '@chaperone/contract'

type Part<K extends string, V> = [V] extends [undefined]
  ? { readonly [P in K]?: never }
  : { readonly [P in K]: V }

/** What a route wants, as the contract has it. */
export type Input<N extends RouteName> = Part<'params', ParamsOf<N>> &
  Part<'query', QueryOf<N>> &
  Part<'body', BodyOf<N>>

interface LooseInput {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

/** Calls one route once. Whatever goes wrong is a `Problem`; nothing is ever tried again here. */
export async function call<N extends RouteName>(
  name: N,
  input: Input<N>,
  signal?: AbortSignal,
): Promise<Result<AnswerOf<N>, Problem>> {
  const route: Route = routes[name]
  const loose = input as LooseInput
  const hasBody = loose.body !== undefined
  try {
    const response = await fetch(addressOf(route.path, loose), {
      method: route.method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(hasBody ? { 'content-type': 'application/json' } : {}) },
      ...(hasBody ? { body: JSON.stringify(loose.body) } : {}),
      ...(signal === undefined ? {} : { signal }),
    })
    if (!response.ok) return err(await problemIn(response))
    const answer: unknown = response.status === 204 ? undefined : await response.json()
    return ok(answer as AnswerOf<N>) // the gateway serialises answers through the same schema
  } catch {
    return err(unreachable)
  }
}

/** A route's path with its parameters and query filled in. */
export function addressOf(path: string, { params = {}, query = {} }: LooseInput): string {
  const filled = path.replace(/:([a-z]+)/g, (_, key: string) => encodeURIComponent(String(params[key])))
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value))
  const text = search.toString()
  return text === '' ? filled : `${filled}?${text}`
}

async function problemIn(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined)
  const known = typeof body === 'object' && body !== null && 'code' in body && 'title' in body
  return known
    ? (body as Problem) // its two members that are relied on were just looked for
    : {
        type: 'about:blank',
        title: `The gateway answered ${response.status}`,
        status: response.status,
        code: 'unreadable',
      }
}

/** The answer is lost; whether the request took effect is not known. */
const unreachable: Problem = {
  type: 'about:blank',
  title: 'The gateway did not answer',
  status: 0,
  code: 'unreachable',
}

export function isProblem(thrown: unknown): thrown is Problem {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'title' in thrown
}

/** What a person can do about it. */
export function adviceFor(code: string): string {
  if (code === 'unreachable') return 'look whether it took effect before you do it again'
  return rowOf(code)?.advice ?? 'tell the operator the request id'
}

export function titleFor(code: string): string {
  return rowOf(code)?.title ?? code
}

function rowOf(code: string): ProblemRow | undefined {
  return Object.hasOwn(everyProblem, code) ? everyProblem[code] : undefined
}
