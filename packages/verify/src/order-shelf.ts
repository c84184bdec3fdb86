import type { OrderId, RunId } from '@chaperone/encoding'
import type { WorkOrder } from '@chaperone/domain'
import { packer } from './pack.ts'

/** An order as the entries so far left it, with what a verifier needs beside it. */
export interface ShelvedOrder {
  readonly order: WorkOrder
  /** The entries at which runs succeeded. */
  readonly successes: readonly (readonly [run: RunId, entry: number])[]
}

/** Keeps all orders of a log: those touched lately as they are, the others packed. No order is ever forgotten. */
export interface OrderShelf {
  get(order: OrderId): ShelvedOrder | undefined
  put(shelved: ShelvedOrder): void
}

const mostAtHand = 64

export function orderShelf(): OrderShelf {
  const { pack, unpack } = packer()
  /** In the order of their last use. */
  const atHand = new Map<OrderId, ShelvedOrder>()
  const packed = new Map<OrderId, Uint8Array>()

  function put(shelved: ShelvedOrder): void {
    const { order } = shelved.order
    atHand.delete(order)
    atHand.set(order, shelved)
    if (atHand.size <= mostAtHand) return
    for (const [oldest, unused] of atHand) {
      packed.set(oldest, pack(unused))
      atHand.delete(oldest)
      break
    }
  }

  return {
    put,
    get(order) {
      const near = atHand.get(order)
      if (near !== undefined) return near
      const bytes = packed.get(order)
      if (bytes === undefined) return undefined
      packed.delete(order)
      return unpack(bytes) as ShelvedOrder // packed by `put`
    },
  }
}
