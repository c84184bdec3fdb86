import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { err, Fault, fromUtf8, ok, type Result } from '@chaperone/encoding'
import { malformed, type Action, type Actions } from './actions.ts'
import type { Refusal } from './refusal.ts'

/**
 * Answers HTTP on a unix socket; who may connect is its folder's to say. `onFault` is told of everything that is no
 * answer.
 */
export async function serve(
  path: string,
  mode: number,
  actions: Actions,
  onFault: (error: unknown) => void,
): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    void handle(request, response, actions).catch((error: unknown) => {
      onFault(error)
      const code = error instanceof Fault ? error.code : 'internal-error'
      send(response, 503, { code })
    })
  })
  server.requestTimeout = 30_000
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, mode)
  return {
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Makes way for a socket at `path`. Two processes over one journal would each know only half of what was spent: Fault `signer-running`. */
export async function takeOver(path: string): Promise<void> {
  const socket = connect(path)
  const answers = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  if (answers) throw new Fault('signer-running', `another process answers at \`${path}\``)
  rmSync(path, { force: true })
}

async function handle(request: IncomingMessage, response: ServerResponse, actions: Actions): Promise<void> {
  const action = actions[`${request.method} ${request.url}`]
  if (action === undefined) return send(response, 404, { code: 'not-found' })
  const body = await readBody(request, action)
  const answer = body.ok ? await action.run(body.value) : body
  if (answer.ok) return send(response, 200, answer.value)
  const { code } = answer.error
  if (code === 'request-too-large') response.setHeader('connection', 'close')
  send(response, code === 'request-malformed' ? 400 : code === 'request-too-large' ? 413 : 409, answer.error)
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage, { most }: Action): Promise<Result<unknown, Refusal>> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > most) return err({ code: 'request-too-large', most })
    parts.push(part)
  }
  if (length === 0) return ok(undefined)
  const text = fromUtf8(Buffer.concat(parts))
  try {
    return text === undefined ? malformed('body') : ok(JSON.parse(text))
  } catch {
    return malformed('body')
  }
}
