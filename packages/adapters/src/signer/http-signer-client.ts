import { request } from 'node:http'
import { err, Fault, ok, toBase64, type Result } from '@chaperone/encoding'
import type { Issued, SignerClient, SignerRefusal } from '@chaperone/usecases'

const largestAnswer = 1024 * 1024
const patience = 20_000

/** `SignerClient` over the signer's unix socket (spec/signer.md). */
export function httpSignerClient(socketPath: string): SignerClient {
  async function call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<Result<Record<string, unknown>, SignerRefusal>> {
    const { status, text } = await send(socketPath, method, path, body)
    const answer = parse(text)
    if (status === 200) return ok(answer)
    const { code } = answer
    if (status >= 400 && status < 500 && typeof code === 'string') return err({ ...answer, code })
    throw new Fault('signer-unavailable', `the signer answered ${status}`)
  }

  return {
    async status() {
      const answer = await call('GET', '/status')
      if (!answer.ok) throw new Fault('signer-unavailable', 'the signer gives no status', { retryable: true })
      const { ready, reason, isolated, rosterVersion, logSize, stops, unaccounted, caKey } = answer.value
      return {
        ready: ready === true,
        reason: typeof reason === 'string' ? reason : null,
        isolated: isolated === true,
        rosterVersion: Number(rosterVersion ?? 0),
        logSize: Number(logSize ?? 0),
        stops: Array.isArray(stops) ? stops.length : 0,
        unaccounted: Array.isArray(unaccounted) ? unaccounted.map(String) : [],
        caKey: String(caKey ?? ''),
      }
    },
    async offerRoster({ bytes, adoptions }) {
      const answer = await call('POST', '/roster', { bytes: toBase64(bytes), adoptions })
      return answer.ok ? ok(undefined) : answer
    },
    async readLog({ checkpoint, from, entries }) {
      const answer = await call('POST', '/log', {
        checkpoint,
        from,
        entries: entries.map((entry) => toBase64(entry)),
      })
      return answer.ok ? ok(String(answer.value['cosignature'])) : answer
    },
    async issue(wanted) {
      const answer = await call('POST', '/issue', wanted)
      return answer.ok ? ok(issuedOf(answer.value)) : answer
    },
    async close(run) {
      const answer = await call('POST', '/close', { run })
      if (!answer.ok) throw new Fault('signer-unavailable', `the signer does not close: ${answer.error.code}`)
    },
  }
}

function issuedOf({ agent, serial, run }: Record<string, unknown>): Issued {
  if (typeof agent !== 'string' || typeof serial !== 'string' || typeof run !== 'string') {
    throw new Fault('signer-answer-malformed', 'the signer issued something that cannot be read')
  }
  return { agent, serial, run }
}

function send(
  socketPath: string,
  method: string,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let reached = false
    const lost = (cause: unknown) => {
      const retryable = !reached
      reject(new Fault('signer-unavailable', 'the signer cannot be reached', { cause, retryable }))
    }
    const headers = { 'content-type': 'application/json' }
    const asking = request({ socketPath, method, path, headers, timeout: patience }, (answer) => {
      const parts: Buffer[] = []
      let length = 0
      answer.on('data', (part: Buffer) => {
        length += part.length
        if (length > largestAnswer) asking.destroy(new Error('answer too large'))
        else parts.push(part)
      })
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 500, text: Buffer.concat(parts).toString('utf8') }),
      )
      answer.on('error', lost)
    })
    asking.on('socket', (socket) => {
      reached = !socket.connecting // a connection that is used again
      if (!reached) socket.once('connect', () => (reached = true))
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')))
    asking.on('error', lost)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch (cause) {
    throw new Fault('signer-unavailable', 'the signer’s answer is not JSON', { cause })
  }
}
