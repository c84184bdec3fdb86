import type { FastifyInstance } from 'fastify'
import { utf8 } from '@chaperone/encoding'
import { routes, type AnswerOf, type BodyOf, type Route, type RouteName } from '@chaperone/contract'
import { signSshsig } from '@chaperone/node-crypto'
import type { Name, Organisation } from './organisation.ts'

export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Asked<N extends RouteName> {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: BodyOf<N>
}

/** Somebody who calls the API; `headers` carries who. */
export interface Client {
  readonly headers: Readonly<Record<string, string>>
  /** Answers whatever came. */
  ask<N extends RouteName>(name: N, asked?: Asked<N>): Promise<Answer<unknown>>
  /** Answers the body of a success; throws with the problem otherwise. */
  call<N extends RouteName>(name: N, asked?: Asked<N>): Promise<AnswerOf<N>>
}

export function client(app: FastifyInstance, headers: Readonly<Record<string, string>> = {}): Client {
  async function ask<N extends RouteName>(name: N, { params, query, body }: Asked<N> = {}) {
    const route: Route = routes[name]
    const url = route.path.replace(/:([a-z]+)/g, (_, key: string) => encodeURIComponent(params?.[key] ?? ''))
    const answer = await app.inject({
      method: route.method,
      url,
      headers,
      ...(query === undefined ? {} : { query: { ...query } }),
      ...(body === undefined ? {} : { payload: body as object }),
    })
    const text = answer.body
    return {
      status: answer.statusCode,
      body: text === '' ? undefined : parsed(text),
      headers: answer.headers,
    }
  }
  return {
    headers,
    ask,
    async call<N extends RouteName>(name: N, asked?: Asked<N>) {
      const { status, body } = await ask(name, asked)
      if (status >= 300) throw new Error(`${name} answered ${status}: ${JSON.stringify(body)}`)
      return body as AnswerOf<N>
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Signs in with a key of the roster, as the command line does. */
export async function signInByKey(
  app: FastifyInstance,
  organisation: Organisation,
  name: Name,
): Promise<Client> {
  const { token } = await keySignIn(app, organisation, name)
  return client(app, { authorization: `Bearer ${token}` })
}

export async function keySignIn(app: FastifyInstance, organisation: Organisation, name: Name) {
  const nobody = client(app)
  const { challenge } = await nobody.call('keyChallenge')
  const signature = signSshsig(organisation.key(name), 'sign-in@chaperone', utf8(challenge))
  return nobody.call('keySignIn', { body: { challenge, signature } })
}

/** Prepares, looks at and signs a statement, and hands it in. */
export async function signAs(
  who: Client,
  organisation: Organisation,
  name: Name,
  order: string,
  wish: BodyOf<'prepareSigning'>,
): Promise<Answer<unknown>> {
  const prepared = await who.ask('prepareSigning', { params: { order }, body: wish })
  if (prepared.status !== 200) return prepared
  const { ticket } = prepared.body as AnswerOf<'prepareSigning'>
  const draft = await who.call('signingDraft', { body: { ticket } })
  const statement = organisation.signText(name, draft.statement)
  return who.ask('completeSigning', { body: { ticket, statement } })
}
