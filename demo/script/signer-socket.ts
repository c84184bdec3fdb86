import { request } from 'node:http'

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
