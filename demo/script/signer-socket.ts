import { request } from 'node:http'
import type { KeptApproval } from './participant.ts'
import type { Story } from './story.ts'

/** What the signer answered: 200 and a value, or a refusal's code. */
export interface SignerAnswer {
  readonly status: number
  readonly code: string | undefined
  readonly [member: string]: unknown
}

/** Asks the signer over one of its sockets, without any of our client code: as a hostile gateway would. */
export function askSigner(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<SignerAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asking = request({ socketPath, method, path, headers, timeout: 20_000 }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        const members = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
        const { code } = members
        resolve({
          ...members,
          status: answer.statusCode ?? 0,
          code: typeof code === 'string' ? code : undefined,
        })
      })
    })
    asking.on('timeout', () => asking.destroy(new Error('the signer does not answer')))
    asking.on('error', reject)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** What the gateway would ask the signer with an approval; `change` makes it a lie. */
export function issueRequest(
  { draft, signed }: KeptApproval,
  index = 1,
  facts: { readonly attempt?: number; readonly intent?: number } = {},
) {
  const step = draft.steps.find((candidate) => candidate.index === index)
  if (step === undefined || draft.order === null) throw new Error('the draft has no such step')
  return {
    statements: [signed],
    order: draft.order,
    step: { salt: step.salt, document: step.document as StepDocument },
    index,
    attempt: facts.attempt ?? 1,
    intent: facts.intent ?? 0,
  }
}

interface StepDocument {
  readonly bytes: { readonly length: number; readonly sha256: string }
  readonly [member: string]: unknown
}

/** Asks for a certificate, over the gateway's own socket. */
export function askToIssue({ demo }: Story, request: object): Promise<SignerAnswer> {
  return askSigner(demo.installation.places.sockets.signer, 'POST', '/issue', request)
}
