import { Fault } from '@chaperone/encoding'
import type { Timers } from './floor.ts'

const first = 100
const longest = 2000

/** Does something with the store, again and again while the store is away. Any other fault is thrown on. */
export async function untilStored<T>(
  timers: Timers,
  work: () => Promise<T>,
  onWait: () => void = () => undefined,
): Promise<T> {
  for (let wait = first; ; wait = Math.min(wait * 2, longest)) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
      onWait()
      await timers.sleep(wait)
    }
  }
}

/** Faults that go away when the store is back. */
export function isPassing(error: unknown): boolean {
  return error instanceof Fault && (error.code === 'store-unavailable' || error.code === 'store-conflict')
}
