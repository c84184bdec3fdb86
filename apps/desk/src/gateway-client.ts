import { largestDraft, routes, type AnswerOf, type BodyOf } from '@chaperone/contract'
import { refusalIn, Refused } from './problem.ts'

type DeskRoute = 'deskDraft' | 'deskComplete' | 'deskEnrolment' | 'deskKey'

/** The gateway as the desk sees it: it answers, but nothing it says is believed before it is checked. */
export interface GatewayClient {
  /** Throws `Refused` with the gateway's code, or `draft-too-large`, `gateway-unavailable`. */
  post<N extends DeskRoute>(name: N, body: BodyOf<N>): Promise<AnswerOf<N>>
  /** Signed rosters from a version on, in whatever order and number the gateway likes. */
  rosters(from: number): Promise<AnswerOf<'deskRosters'>>
}

const patience = 30_000

export function gatewayClient(url: string, token: string): GatewayClient {
  async function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(unavailable)
    const answer = await readJson(response).catch((error: unknown) => {
      if (error instanceof Refused) throw error
      return unavailable(error)
    })
    if (!response.ok) throw new Refused(refusalIn(answer))
    return answer
  }

  return {
    async post(name, body) {
      const { method, path, answer } = routes[name]
      const parsed = answer.safeParse(await call(method, path, body))
      if (!parsed.success) throw new Refused({ code: 'gateway-unavailable' })
      return parsed.data as AnswerOf<typeof name>
    },
    async rosters(from) {
      const { method, path, answer } = routes.deskRosters
      const parsed = answer.safeParse(await call(method, `${path}?from=${from}`))
      if (!parsed.success) throw new Refused({ code: 'gateway-unavailable' })
      return parsed.data
    },
  }
}

function unavailable(cause: unknown): never {
  throw Object.assign(new Refused({ code: 'gateway-unavailable' }), { cause })
}

async function readJson(response: Response): Promise<unknown> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > largestDraft) throw new Refused({ code: 'draft-too-large' })
    pieces.push(piece)
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8'))
}
