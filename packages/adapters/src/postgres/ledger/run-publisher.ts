import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@chaperone/encoding'
import { asFault } from '../database/failure.ts'
import type { Bell } from './bell.ts'
import { makePublisher, type PublisherOptions } from './publish.ts'

/** Under load one publication covers many checkpoints. */
const restMilliseconds = 500
const lookMilliseconds = 5000

export interface RunPublisherOptions extends PublisherOptions {
  readonly onFatal: (failure: unknown) => void
}

/** Keeps the published folder up to date until aborted. Nobody's work waits for it. */
export async function runPublisher(
  options: RunPublisherOptions,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  const publisher = makePublisher(options)
  while (!signal.aborted) {
    try {
      await publisher.publish()
    } catch (failure) {
      if (!recoversByItself(failure)) return options.onFatal(failure)
    }
    await sleep(restMilliseconds, undefined, { signal }).catch(() => undefined)
    await bell.wait(lookMilliseconds, signal)
  }
}

/** A folder without room can be written anew when there is room; a disk that failed cannot be trusted. */
function recoversByItself(failure: unknown): boolean {
  const fault = asFault(failure, true)
  if (!(fault instanceof Fault)) return false
  return fault.code === 'store-unavailable' || (fault.code === 'publication-failed' && fault.retryable)
}
