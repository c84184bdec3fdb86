import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { eventStreamPath } from '@chaperone/contract'
import type { Digest } from '@chaperone/encoding'
import { decodeEvent, findPerson, type Context, type OrderEvent, type WorkOrder } from '@chaperone/domain'
import { contextNow, type LedgerEntry } from '@chaperone/usecases'
import type { Gateway } from './gateway.ts'
import { isOver, type Caller, type Doorkeeper } from './http/access.ts'
import { Refused } from './http/problem.ts'
import { maySee } from './http/visible-order.ts'

/**
 * Tells browsers that an order changed. Who may see the order is decided for every event and every listener; the
 * event says only which order, so that nothing is told that the order's own page would not tell. Resumes by log index.
 */
export interface EventStream {
  register(app: FastifyInstance, door: Doorkeeper): void
  /** Follows the log until aborted. */
  follow(signal: AbortSignal, alsoSee: (entry: LedgerEntry) => Promise<void> | void): Promise<void>
  listeners(): number
  /** Ends the streams of a session that ended. */
  end(session: Digest): void
}

/** An event that somebody may be told of, judged by what is so now. */
interface Notice {
  readonly index: number
  readonly event: OrderEvent
  readonly order: WorkOrder
  readonly context: Context
}

interface Listener {
  readonly caller: Caller
  readonly response: ServerResponse
  /** Log index of the next event to look at. */
  position: number
  /** Something is new, or the connection is gone. */
  wake: () => void
}

const heartbeatMilliseconds = 20_000
const drainMilliseconds = 30_000
const retryMilliseconds = 500
const mostReplayed = 2000
const mostListenersEach = 16

/** What a technician's page does not change by: telling of it would tell when things ran. */
const quietForTechnicians: ReadonlySet<OrderEvent['type']> = new Set([
  'run-started',
  'kill-requested',
  'action-signed',
  'disclosure-recorded',
])

export function eventStream(gateway: Gateway): EventStream {
  const { office } = gateway
  const listeners = new Set<Listener>()
  // The newest notices, oldest first: listeners read from here, each at its own pace, so that a slow one holds nothing.
  let recent: Notice[] = []
  let reached = 0

  async function noticeOf(entry: LedgerEntry): Promise<Notice | undefined> {
    const event = orderEventOf(entry)
    if (event === undefined) return undefined
    const [order, context] = await Promise.all([office.reader.order(event.order), contextNow(office)])
    return order === undefined ? undefined : { index: entry.index, event, order, context }
  }

  async function take(entry: LedgerEntry): Promise<void> {
    const notice = listeners.size === 0 ? undefined : await noticeOf(entry)
    if (listeners.size === 0) recent = []
    else if (notice !== undefined) recent = [...recent.slice(-mostReplayed), notice]
    reached = entry.index + 1
    for (const listener of listeners) listener.wake()
  }

  /** What a listener has not seen: from memory, or from the log where memory does not reach back. */
  async function unseen(position: number): Promise<readonly Notice[]> {
    const known = recent
    const first = known[0]?.index ?? reached
    if (position >= first) return known.filter((notice) => notice.index >= position)
    const notices: Notice[] = []
    for (const entry of await office.ledger.entries(position, first)) {
      const notice = await noticeOf(entry)
      if (notice !== undefined) notices.push(notice)
    }
    return [...notices, ...known]
  }

  async function serve(listener: Listener): Promise<void> {
    const { response } = listener
    while (!response.closed && !response.writableEnded) {
      const until = reached
      for (const notice of await unseen(listener.position)) {
        listener.position = notice.index + 1
        if (isFor(listener.caller, notice) && !(await send(response, notice))) return
      }
      listener.position = Math.max(listener.position, until)
      if (reached === until && !response.closed) {
        await new Promise<void>((resolve) => {
          listener.wake = resolve
        })
      }
    }
  }

  function admitListener(caller: Caller): void {
    const theirs = [...listeners].filter((other) => other.caller.person === caller.person)
    if (theirs.length >= mostListenersEach) throw new Refused('too-many-requests', { seconds: 5 })
  }

  /** A session that ended elsewhere ends here too. */
  async function stillWelcome(listener: Listener): Promise<void> {
    const session = await office.reader.session(listener.caller.session.secret)
    if (session === undefined || isOver(session, office.clock.now())) {
      listener.response.end()
      listener.wake()
    } else listener.response.write(': still here\n\n')
  }

  return {
    listeners: () => listeners.size,
    end(session) {
      for (const { caller, response, wake } of listeners) {
        if (caller.session.secret !== session) continue
        response.end()
        wake()
      }
    },
    register(app, door) {
      app.get(eventStreamPath, { schema: { hide: true } }, async (request, reply) => {
        const caller = await door.admit(request, 'signed-in')
        if (caller === undefined) throw new Refused('not-signed-in')
        admitListener(caller)
        const { size } = await office.ledger.head()
        const position = resumeAt(request, size)
        reply.hijack()
        const { raw: response } = reply
        response.writeHead(200, {
          ...(reply.getHeaders() as Record<string, string>),
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        })
        response.write(`retry: 1000\nid: ${position - 1}\nevent: hello\ndata: {}\n\n`)
        const listener: Listener = { caller, response, position, wake: () => undefined }
        listeners.add(listener)
        response.once('close', () => listener.wake())
        const end = () => response.destroy() // the browser comes back and resumes
        const beat = setInterval(() => void stillWelcome(listener).catch(end), heartbeatMilliseconds)
        await serve(listener)
          .catch(end)
          .finally(() => {
            clearInterval(beat)
            listeners.delete(listener)
            response.end()
          })
      })
    },
    async follow(signal, alsoSee) {
      reached = (await office.ledger.head()).size
      while (!signal.aborted) {
        try {
          for await (const entry of office.ledger.subscribe(reached, signal)) {
            await alsoSee(entry)
            await take(entry)
          }
        } catch (error) {
          if (signal.aborted) return
          gateway.metrics.alarms.inc({ code: 'events-interrupted' })
          await sleep(retryMilliseconds, undefined, { signal }).catch(() => undefined)
          if ((error as { code?: string }).code === 'ledger-closed') throw error
        }
      }
    },
  }
}

function orderEventOf(entry: LedgerEntry): OrderEvent | undefined {
  const decoded = decodeEvent(entry.leaf)
  if (!decoded.ok || decoded.value.type === 'log-exported') return undefined
  return 'order' in decoded.value ? decoded.value : undefined
}

function resumeAt(request: FastifyRequest, size: number): number {
  const last = Number(request.headers['last-event-id'] ?? NaN)
  const resumable = Number.isSafeInteger(last) && last >= -1 && last < size
  return resumable ? Math.max(last + 1, size - mostReplayed) : size
}

/** By the roles that the person has now, not those at sign-in. */
function isFor(caller: Caller, { event, order, context }: Notice): boolean {
  const person = findPerson(context.roster, caller.person)
  if (person === undefined || person.until <= context.at) return false
  if (maySee(order, { person: caller.person, roles: person.roles }, context)) return true
  return order.technician === caller.person && !quietForTechnicians.has(event.type)
}

/** False when the listener does not take what it is sent: a browser that sleeps reconnects when it wakes. */
async function send(response: ServerResponse, { index, event }: Notice): Promise<boolean> {
  const text = `id: ${index}\nevent: order\ndata: ${JSON.stringify({ order: event.order })}\n\n`
  if (response.write(text)) return true
  const late = AbortSignal.timeout(drainMilliseconds)
  return Promise.race([
    once(response, 'drain', { signal: late }).then(() => true),
    once(response, 'close', { signal: late }).then(() => false),
  ]).catch(() => false)
}
