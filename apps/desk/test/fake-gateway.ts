import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { toBase64 } from '@chaperone/encoding'
import { routes, type AnswerOf, type BodyOf, type ProblemCode, type SigningDraft } from '@chaperone/contract'
import type { SignedRoster } from '@chaperone/domain'

/** A roster on offer. */
export interface OfferedRoster extends SignedRoster {
  readonly version: number
}

export const deskToken = 'desk-token-for-tests'

/** What the gateway says, to be changed while it runs; hostile wherever a test wants it so. */
export interface FakeGateway {
  readonly url: string
  draft: SigningDraft | undefined
  rosters: readonly OfferedRoster[]
  person: AnswerOf<'deskEnrolment'>
  /** Instead of its answer: a problem's code, or silence. */
  failing: Partial<Record<DeskRoute, ProblemCode | 'hang-up'>>
  readonly completed: BodyOf<'deskComplete'>[]
  readonly keys: BodyOf<'deskKey'>[]
  close(): Promise<void>
}

type DeskRoute = 'deskDraft' | 'deskComplete' | 'deskRosters' | 'deskEnrolment' | 'deskKey'
const deskRoutes: readonly DeskRoute[] = [
  'deskDraft',
  'deskComplete',
  'deskRosters',
  'deskEnrolment',
  'deskKey',
]

/** The desk's side of a gateway over real HTTP, on a free port of loopback. */
export async function startFakeGateway(): Promise<FakeGateway> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gateway: FakeGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    draft: undefined,
    rosters: [],
    person: { person: 'p-escortone', name: 'Eva Lindqvist' },
    failing: {},
    completed: [],
    keys: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', gateway.url)
    const name = deskRoutes.find(
      (route) => routes[route].path === url.pathname && routes[route].method === request.method,
    )
    const known = request.headers.authorization === `Bearer ${deskToken}`
    if (name === undefined || !known)
      return problem(response, name === undefined ? 'not-found' : 'not-signed-in')
    const body: unknown = request.method === 'POST' ? await json(request) : undefined
    const failure = gateway.failing[name]
    if (failure === 'hang-up') return void response.destroy()
    if (failure !== undefined) return problem(response, failure)
    const said = say(name, body, url)
    if (said === undefined) return problem(response, 'ticket-invalid')
    response.setHeader('content-type', 'application/json').end(JSON.stringify(said))
  }

  function say(name: DeskRoute, body: unknown, url: URL): unknown {
    switch (name) {
      case 'deskDraft': {
        const { ticket } = routes.deskDraft.body.parse(body)
        return gateway.draft?.ticket === ticket ? gateway.draft : undefined
      }
      case 'deskComplete': {
        const handed = routes.deskComplete.body.parse(body)
        gateway.completed.push(handed)
        return { order: 'wo-7h2m1x9q4c' }
      }
      case 'deskRosters':
        return gateway.rosters
          .filter(({ version }) => version >= Number(url.searchParams.get('from')))
          .map(({ version, bytes, adoptions }) => ({ version, bytes: toBase64(bytes), adoptions }))
      case 'deskEnrolment':
        return gateway.person
      case 'deskKey':
        gateway.keys.push(routes.deskKey.body.parse(body))
        return { fingerprint: 'SHA256:whatever the gateway says' }
    }
  }

  return gateway
}

function problem(response: ServerResponse, code: ProblemCode): void {
  response.writeHead(409, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ code, title: 'from the gateway', advice: 'click <here>' }))
}
