import { invariant } from '@chaperone/encoding'

/** Outbox rows that became the entries `first` … `size - 1`, in this order, under a signed checkpoint. */
export interface SignedBatch {
  readonly first: number
  readonly size: number
  readonly outboxIds: readonly number[]
}

/**
 * What this process knows of the signed log, and who waits for it to grow. Batches come from the
 * sequencer when it runs here, else from the tables; either way each exactly once and in order.
 */
export interface Acknowledgements {
  /** Size of the newest signed checkpoint known here. */
  size(): number
  /** Resolves with the places of these rows; `since` is a `size()` from before their commit. */
  places(outboxIds: readonly number[], since: number): Promise<readonly number[]>
  /** Resolves when the log has `size` signed entries. */
  reached(size: number, signal: AbortSignal | undefined): Promise<void>
  /** False: there is a gap before this batch, so it was not taken: read the tables. */
  take(batch: SignedBatch): boolean
  isAwaited(): boolean
  /** Rejects all who wait, now and later. */
  end(reason: unknown): void
}

/** Places of rows that nobody has asked for yet: a batch can be signed before its writer's turn comes. */
const recentAtMost = 20_000

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}

/** `lookUp` reads places from the tables, for rows signed too long ago to be remembered. */
export function acknowledgements(
  start: number,
  lookUp: (outboxIds: readonly number[], since: number) => Promise<ReadonlyMap<number, number>>,
): Acknowledgements {
  let size = start
  let ended: { readonly reason: unknown } | undefined
  const recent = recentPlaces(start)
  const rows = new Map<number, Waiter<number>>()
  const sizes = new Set<Waiter<void> & { readonly size: number }>()

  function row(id: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (ended !== undefined) reject(ended.reason)
      else rows.set(id, { resolve, reject })
    })
  }

  function tell(id: number, index: number): void {
    rows.get(id)?.resolve(index)
    rows.delete(id)
  }

  return {
    size: () => size,
    async places(outboxIds, since) {
      // Registered before the look into the tables, so that nothing falls between the two.
      const all = Promise.all(outboxIds.map(async (id) => recent.of(id) ?? (await row(id))))
      all.catch(() => undefined)
      if (since < recent.from()) for (const [id, index] of await lookUp(outboxIds, since)) tell(id, index)
      return all
    },
    isAwaited: () => rows.size > 0 || sizes.size > 0,
    take(batch) {
      if (batch.size <= size) return true
      if (batch.first !== size) return false
      size = batch.size
      recent.add(batch)
      batch.outboxIds.forEach((id, i) => tell(id, batch.first + i))
      for (const waiter of sizes) if (waiter.size <= size) waiter.resolve()
      return true
    },
    async reached(wanted, signal) {
      signal?.throwIfAborted()
      if (size >= wanted) return
      if (ended !== undefined) throw ended.reason
      await untilReached(sizes, wanted, signal)
    },
    end(reason) {
      ended ??= { reason }
      for (const waiter of [...rows.values(), ...sizes]) waiter.reject(reason)
      rows.clear()
    },
  }
}

function untilReached(
  sizes: Set<Waiter<void> & { readonly size: number }>,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      sizes.delete(waiter)
      signal?.removeEventListener('abort', aborted)
    }
    const waiter = {
      size,
      resolve: () => (leave(), resolve()),
      reject: (reason: unknown) => (leave(), reject(reason as Error)),
    }
    const aborted = () => waiter.reject(signal?.reason)
    signal?.addEventListener('abort', aborted)
    sizes.add(waiter)
  })
}

interface RecentPlaces {
  of(outboxId: number): number | undefined
  /** Every batch after this size is remembered. */
  from(): number
  add(batch: SignedBatch): void
}

function recentPlaces(start: number): RecentPlaces {
  let from = start
  const batches: SignedBatch[] = []
  const places = new Map<number, number>()
  return {
    of: (outboxId) => places.get(outboxId),
    from: () => from,
    add(batch) {
      batches.push(batch)
      batch.outboxIds.forEach((id, i) => places.set(id, batch.first + i))
      while (places.size > recentAtMost) {
        const oldest = batches.shift()
        invariant(oldest !== undefined, 'remembered places belong to remembered batches')
        for (const id of oldest.outboxIds) places.delete(id)
        from = oldest.size
      }
    },
  }
}
