import type { Digest, OrderId, PersonId, RunId } from '@chaperone/encoding'
import { parseStatement, type Event, type EventOf } from '@chaperone/domain'
import { utf8 } from '@chaperone/encoding'

/** What the signer has learnt from the log by reading every entry of it. */
export interface LogView {
  /** The technician who submitted what has this digest, and whether the order was ended or frozen since. */
  order(digest: Digest): SeenOrder | undefined
  intentAt(entry: number): EventOf<'run-intended'> | undefined
  endOf(run: RunId): SeenEnd | undefined
}

export interface SeenOrder {
  readonly order: OrderId
  readonly technician: PersonId
  readonly version: number
  readonly current: boolean
  readonly over: boolean
  readonly frozen: boolean
}

export interface SeenEnd {
  readonly entry: number
  readonly result: string
}

export interface LogMemory extends LogView {
  see(index: number, event: Event): void
}

export function logMemory(): LogMemory {
  const submissions = new Map<
    Digest,
    { readonly order: OrderId; readonly technician: PersonId; readonly version: number }
  >()
  const orders = new Map<OrderId, { version: number; over: boolean; frozen: boolean }>()
  const intents = new Map<number, EventOf<'run-intended'>>()
  const ends = new Map<RunId, SeenEnd>()

  function submitted(event: EventOf<'order-submitted'> | EventOf<'order-revised'>): void {
    const { order, version, technician, orderDigest } = event
    submissions.set(orderDigest, { order, technician, version })
    orders.set(order, { version, over: false, frozen: orders.get(order)?.frozen ?? false })
  }

  return {
    see(index, event) {
      switch (event.type) {
        case 'order-submitted':
        case 'order-revised':
          submitted(event)
          break
        case 'order-withdrawn':
        case 'erased':
          update(event.order, { over: true })
          break
        case 'order-frozen':
          update(event.order, { frozen: true })
          break
        case 'decision-recorded': {
          const statement = parseStatement(utf8(event.statement.text))
          if (statement.ok && statement.value.kind === 'forbid') update(event.order, { over: true })
          break
        }
        case 'run-intended':
          intents.set(index, event)
          break
        case 'run-ended':
          if (!ends.has(event.run)) ends.set(event.run, { entry: index, result: event.outcome.result })
          break
        default:
          break
      }
    },
    order(digest) {
      const submission = submissions.get(digest)
      const state = submission === undefined ? undefined : orders.get(submission.order)
      if (submission === undefined || state === undefined) return undefined
      return {
        ...submission,
        current: state.version === submission.version,
        over: state.over,
        frozen: state.frozen,
      }
    },
    intentAt: (entry) => intents.get(entry),
    endOf: (run) => ends.get(run),
  }

  function update(order: OrderId, change: { readonly over?: boolean; readonly frozen?: boolean }): void {
    const state = orders.get(order)
    if (state !== undefined) Object.assign(state, change)
  }
}
