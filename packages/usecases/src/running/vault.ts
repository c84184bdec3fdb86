import type { OrderId, RunId } from '@chaperone/encoding'

/**
 * Compresses and seals recordings under their order's key. Opening fails for another order, another place in the
 * recording, a changed bit, or after erasure. Whoever controls it can read output: it is trusted with secrecy.
 */
export interface Vault {
  seal(order: OrderId, run: RunId, index: number, frames: Uint8Array): Promise<Uint8Array>
  /** `undefined` when the order's content was erased. */
  open(order: OrderId, run: RunId, index: number, sealed: Uint8Array): Promise<Uint8Array | undefined>
}
