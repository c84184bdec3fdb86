import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { eventStreamPath } from '@chaperone/contract'
import { decodeEvent, type Context, type OrderEvent, type WorkOrder } from '@chaperone/domain'
import { contextNow, type LedgerEntry } from '@chaperone/usecases'
import type { Gateway } from './gateway.ts'
import { maySee } from './handlers/escort.ts'
import type { Caller, Doorkeeper } from './http/access.ts'

interface Listener {
  readonly caller: Caller
  readonly response: ServerResponse
  /** Log index of the last event that was looked at for this listener. */
  position: number
}

const heartbeatMilliseconds = 20_000
const mostReplayed = 2000

/**
 * Tells browsers that an order changed. Who may see the order is decided for every event and every listener; the
 * event says only which order, so that nothing is told that the order's own page would not tell. Resumes by log index.
 */
export interface EventStream {
  register(app: FastifyInstance, door: Doorkeeper): void
  /** Follows the log until aborted. */
  follow(signal: AbortSignal, alsoSee: (entry: LedgerEntry) => void): Promise<void>
  listeners(): number
}

export function eventStream(gateway: Gateway): EventStream {
  const { office } = gateway
  const listeners = new Set<Listener>()

  function send(
    listener: Listener,
    index: number,
    event: OrderEvent,
    order: WorkOrder,
    context: Context,
  ): void {
    listener.position = index + 1
    const mine = order.technician === listener.caller.person
    if (!mine && !maySee(order, listener.caller, context)) return
    listener.response.write(`id: ${index}\nevent: order\ndata: ${JSON.stringify({ order: event.order })}\n\n`)
  }

  async function deliver(entry: LedgerEntry, to: readonly Listener[]): Promise<void> {
    const decoded = decodeEvent(entry.leaf)
    if (!decoded.ok || !('order' in decoded.value) || decoded.value.order === null || to.length === 0) return
    const event = decoded.value as OrderEvent // every event with an order but the export's, whose order may be null
    const [order, context] = await Promise.all([office.reader.order(event.order), contextNow(office)])
    if (order === undefined) return
    for (const listener of to)
      if (listener.position <= entry.index) send(listener, entry.index, event, order, context)
  }

  return {
    listeners: () => listeners.size,
    register(app, door) {
      app.get(eventStreamPath, { schema: { hide: true } }, async (request, reply) => {
        const caller = await door.admit(request, 'signed-in')
        if (caller === undefined) return
        const { size } = await office.ledger.head()
        const last = Number(request.headers['last-event-id'] ?? NaN)
        const position =
          Number.isSafeInteger(last) && last >= 0 ? Math.max(last + 1, size - mostReplayed) : size
        reply.hijack()
        reply.raw.writeHead(200, {
          ...reply.getHeaders(),
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        } as Record<string, string>)
        reply.raw.write(`retry: 1000\nid: ${position - 1}\nevent: hello\ndata: {}\n\n`)
        const listener: Listener = { caller, response: reply.raw, position }
        const beat = setInterval(
          () => void stillWelcome(listener).catch(() => listener.response.end()),
          heartbeatMilliseconds,
        )
        request.raw.on('close', () => {
          clearInterval(beat)
          listeners.delete(listener)
        })
        const missed = await office.ledger.entries(position, size)
        for (const entry of missed) await deliver(entry, [listener])
        listeners.add(listener)
        const { size: now } = await office.ledger.head()
        for (const entry of await office.ledger.entries(size, now)) await deliver(entry, [listener])
      })
    },
    async follow(signal, alsoSee) {
      const { size } = await office.ledger.head()
      for await (const entry of office.ledger.subscribe(size, signal)) {
        alsoSee(entry)
        await deliver(entry, [...listeners])
      }
    },
  }

  /** A session that ended elsewhere ends here too. */
  async function stillWelcome(listener: Listener): Promise<void> {
    const session = await office.reader.session(listener.caller.session.secret)
    if (session === undefined || session.expires <= office.clock.now()) listener.response.end()
    else listener.response.write(': still here\n\n')
  }
}
