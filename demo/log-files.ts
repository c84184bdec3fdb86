import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '@chaperone/installation'

export interface LogFiles extends AsyncDisposable {
  readonly folder: string
  readonly log: Log
}

/** One file a process: the console is for people. */
export function logFiles(folder: string): LogFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const streams = new Map<string, WriteStream>()
  function streamOf(source: string): WriteStream {
    const known = streams.get(source)
    if (known !== undefined) return known
    const made = createWriteStream(join(folder, `${source}.log`), { flags: 'a', mode: 0o600 })
    streams.set(source, made)
    return made
  }
  return {
    folder,
    log: (source, line) => void streamOf(source).write(`${line}\n`),
    async [Symbol.asyncDispose]() {
      await Promise.all([...streams.values()].map((stream) => new Promise((resolve) => stream.end(resolve))))
    },
  }
}
