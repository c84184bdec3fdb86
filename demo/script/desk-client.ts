import type { Problem } from '../api.ts'
import { err, ok, type Result } from '@chaperone/encoding'

/** What the desk's page is given of a statement that waits for a touch. */
export interface DeskDraft {
  readonly statement: string
  readonly digest: string
  readonly challenge: string
  readonly rpId: string
}

export interface DeskAssertion {
  readonly authenticatorData: string
  readonly clientData: string
  readonly signature: string
}

/** The desk as its own page asks it. */
export interface DeskClient {
  readonly origin: string
  draft(ticket: string): Promise<DeskDraft>
  sign(ticket: string, assertion: DeskAssertion): Promise<Result<unknown, Problem>>
  enrolment(token: string): Promise<{ readonly options: object }>
  enrolKey(token: string, response: object): Promise<{ readonly fingerprint: string }>
}

/** `url` is where the desk listens, `origin` what browsers call it. */
export function deskClient(url: string, origin: string): DeskClient {
  async function ask(path: string, body: object): Promise<Result<unknown, Problem>> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as unknown
    return response.ok ? ok(answer) : err(answer as Problem)
  }

  async function call(path: string, body: object): Promise<unknown> {
    const answer = await ask(path, body)
    if (!answer.ok) throw new Error(`desk ${path}: ${answer.error.code}: ${answer.error.title}`)
    return answer.value
  }

  return {
    origin,
    draft: async (ticket) => (await call('/api/draft', { ticket })) as DeskDraft,
    sign: (ticket, assertion) => ask('/api/sign', { ticket, assertion }),
    enrolment: async (token) => (await call('/api/enrolment', { token })) as { options: object },
    enrolKey: async (token, response) =>
      (await call('/api/enrolment/key', { token, response })) as { fingerprint: string },
  }
}
