import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { chmodSync, rmSync } from 'node:fs'
import { fromBase64, isId, type Json, type Result } from '@chaperone/encoding'
import type { SignedRoster, SignedStatement } from '@chaperone/domain'
import type { IssueRefusal, IssueRequest } from './check-issue.ts'
import type { Signer } from './signer.ts'

/** 4,000 entries of the largest size are far more than the gateway sends at once; a roster has a few MiB at most. */
const largestBody = 64 * 1024 * 1024

type Answer = Result<Json, IssueRefusal>
type Action = (body: Readonly<Record<string, unknown>>) => Answer | Promise<Answer>

class BadRequest extends Error {}

/** What the gateway may ask. */
export function gatewayActions(signer: Signer): Readonly<Record<string, Action>> {
  return {
    'GET /status': () => ({ ok: true, value: signer.status() }),
    'POST /roster': (body) => signer.takeRoster(rosterIn(body)),
    'POST /log': (body) =>
      signer.readLog({
        from: numberIn(body, 'from'),
        checkpoint: body['checkpoint'] === null ? null : textIn(body, 'checkpoint'),
        entries: bytesListIn(body, 'entries'),
      }),
    'POST /issue': (body) => signer.issue(issueIn(body)),
  }
}

/** What officers deliver themselves, past the gateway. */
export function officerActions(signer: Signer): Readonly<Record<string, Action>> {
  return {
    'GET /status': () => ({ ok: true, value: signer.status() }),
    'POST /roster': (body) => signer.takeRoster(rosterIn(body)),
    'POST /stop': (body) => signer.stop(statementIn(body)),
    'POST /lift': (body) => signer.lift(textIn(body, 'stop'), statementsIn(body, 'statements')),
  }
}

/** Listens on a unix socket; who may connect is its folder's to say. */
export function serve(
  path: string,
  mode: number,
  actions: Readonly<Record<string, Action>>,
  onBug: (error: unknown) => void,
): Promise<Server> {
  rmSync(path, { force: true })
  const server = createServer((request, response) => {
    void handle(request, response, actions).catch((error: unknown) => {
      onBug(error)
      send(response, 500, { code: 'internal-error' })
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      chmodSync(path, mode)
      resolve(server)
    })
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  actions: Readonly<Record<string, Action>>,
): Promise<void> {
  const action = actions[`${request.method} ${request.url}`]
  if (action === undefined) return send(response, 404, { code: 'not-found' })
  try {
    const answer = await action(await readBody(request))
    if (answer.ok) send(response, 200, answer.value)
    else send(response, 409, answer.error as unknown as Json) // refusals hold ids, numbers and words
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    send(response, 400, { code: 'request-malformed', at: error.message })
  }
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > largestBody) throw new BadRequest('length')
    parts.push(part)
  }
  if (length === 0) return {}
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // falls through to the refusal
  }
  throw new BadRequest('body')
}

function textIn(body: Readonly<Record<string, unknown>>, member: string): string {
  const value = body[member]
  if (typeof value !== 'string') throw new BadRequest(member)
  return value
}

function numberIn(body: Readonly<Record<string, unknown>>, member: string): number {
  const value = body[member]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new BadRequest(member)
  return value
}

function bytesListIn(body: Readonly<Record<string, unknown>>, member: string): readonly Uint8Array[] {
  const list = body[member]
  if (!Array.isArray(list)) throw new BadRequest(member)
  return list.map((item: unknown) => {
    // Entries are many: Buffer's decoder is lenient but their hashes are compared with the checkpoint.
    if (typeof item !== 'string') throw new BadRequest(member)
    return Buffer.from(item, 'base64')
  })
}

function statementIn(value: unknown): SignedStatement {
  if (typeof value !== 'object' || value === null) throw new BadRequest('statement')
  const body = { ...value } as Readonly<Record<string, unknown>>
  return { text: textIn(body, 'text'), signature: textIn(body, 'signature') }
}

function statementsIn(body: Readonly<Record<string, unknown>>, member: string): readonly SignedStatement[] {
  const list = body[member]
  if (!Array.isArray(list) || list.length > 8) throw new BadRequest(member)
  return list.map(statementIn)
}

function rosterIn(body: Readonly<Record<string, unknown>>): SignedRoster {
  const bytes = fromBase64(textIn(body, 'bytes'))
  if (bytes === undefined) throw new BadRequest('bytes')
  return { bytes, adoptions: statementsIn(body, 'adoptions') }
}

/** The documents' members are checked where they are judged (`checkIssue`); here only that they are there. */
function issueIn(body: Readonly<Record<string, unknown>>): IssueRequest {
  const order = openingIn(body, 'order')
  const step = openingIn(body, 'step')
  const document = step.document as {
    bytes?: { sha256?: unknown }
    files?: unknown
    expected?: unknown
    target?: unknown
    account?: unknown
  }
  const shaped =
    Array.isArray(document.files) &&
    typeof document.expected === 'string' &&
    typeof document.target === 'string' &&
    typeof document.account === 'string' &&
    typeof document.bytes?.sha256 === 'string' &&
    isId('digest', document.bytes.sha256)
  if (!shaped) throw new BadRequest('step')
  const { steps, effects } = order.document as { steps?: unknown; effects?: unknown }
  if (!Array.isArray(steps) || !Array.isArray(effects)) throw new BadRequest('order')
  const request = {
    statements: statementsIn(body, 'statements'),
    order,
    step,
    index: numberIn(body, 'index'),
    attempt: numberIn(body, 'attempt'),
    intent: numberIn(body, 'intent'),
  }
  return request as unknown as IssueRequest
}

function openingIn(
  body: Readonly<Record<string, unknown>>,
  member: string,
): { readonly salt: string; readonly document: object } {
  const value = body[member]
  if (typeof value !== 'object' || value === null) throw new BadRequest(member)
  const { document, ...rest } = value as { document?: unknown; salt?: unknown }
  if (typeof document !== 'object' || document === null) throw new BadRequest(member)
  return { salt: textIn(rest, 'salt'), document }
}
