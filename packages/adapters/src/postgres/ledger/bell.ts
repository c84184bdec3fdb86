/** Wakes one sleeper early; a ring while nobody sleeps makes the next sleep short. */
export interface Bell {
  ring(): void
  /** Resolves at a ring, after `milliseconds`, or when aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function makeBell(): Bell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(milliseconds, signal) {
      if (!rung && !signal.aborted) await sleepUntil((resolve) => (wake = resolve), milliseconds, signal)
      wake = undefined
      rung = false
    },
  }
}

function sleepUntil(
  register: (resolve: () => void) => void,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
    register(done)
  })
}
