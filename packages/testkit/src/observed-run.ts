import { concat } from '@chaperone/encoding'
import type { ExecutionObserver } from '@chaperone/usecases'

type Stream = Parameters<ExecutionObserver['onOutput']>[0]

/** An observer that keeps what it is told, with somebody who can wait for a word of it. */
export interface ObservedRun extends ExecutionObserver {
  readonly starts: readonly number[]
  readonly pieces: readonly { readonly stream: Stream; readonly bytes: Uint8Array }[]
  text(stream?: Stream): string
  bytes(stream: Stream): Uint8Array
  /** Resolves with the standard output once it has this in it. */
  until(word: string): Promise<string>
  started(): Promise<void>
}

export function observeRun(): ObservedRun {
  const starts: number[] = []
  const pieces: { stream: Stream; bytes: Uint8Array }[] = []
  const watchers = new Set<() => void>()
  const changed = () => watchers.forEach((look) => look())
  const bytes = (stream: Stream) =>
    concat(...pieces.filter((piece) => piece.stream === stream).map((piece) => piece.bytes))
  const text = (stream: Stream = 'stdout') => Buffer.from(bytes(stream)).toString()
  const when = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
    })
  return {
    starts,
    pieces,
    text,
    bytes,
    until: async (word) => {
      await when(() => text().includes(word))
      return text()
    },
    started: () => when(() => starts.length > 0),
    onStart(targetTime) {
      starts.push(targetTime)
      changed()
    },
    onOutput(stream, piece) {
      pieces.push({ stream, bytes: piece })
      changed()
      return Promise.resolve()
    },
  }
}
