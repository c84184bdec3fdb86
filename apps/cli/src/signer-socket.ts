import { request } from 'node:http'
import { Fault } from '@chaperone/encoding'
import { Refused } from './refused.ts'

/** Asks the signer on its officers' socket. Throws `Refused` for its refusals; fault `signer-unavailable`. */
export async function askSigner(
  socketPath: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const { status, text } = await send(socketPath, path, body)
  const answer = parse(text)
  if (status === 200) return answer
  if (status < 500) throw new Refused({ ...answer, code: String(answer['code']) })
  throw new Fault('signer-unavailable', `the signer answered ${status}`)
}

function send(socketPath: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const lost = (cause: unknown) =>
      reject(new Fault('signer-unavailable', `the signer cannot be reached at ${socketPath}`, { cause }))
    const method = body === undefined ? 'GET' : 'POST'
    const asking = request({ socketPath, path, method, timeout: 10_000 }, (answer) => {
      answer.setEncoding('utf8')
      let text = ''
      answer.on('data', (piece: string) => (text += piece))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 500, text }))
      answer.on('error', lost)
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')))
    asking.on('error', lost)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch (cause) {
    throw new Fault('signer-unavailable', 'the signer’s answer cannot be read', { cause })
  }
}
