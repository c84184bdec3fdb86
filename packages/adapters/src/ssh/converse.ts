import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { RunnerReader, type RunnerRecord } from '@chaperone/runner'
import type { ExecutionObserver, ExecutionRequest } from '@chaperone/usecases'
import { nothingHeard, type Heard } from './outcome.ts'

const killPatience = 3000
const closePatience = 2000

/** Milliseconds. */
export interface Patience {
  readonly heartbeat: number
  readonly start: number
  readonly grace: number
}

/** Talks with the runner through the client until either has gone; ends the client, whatever happens. */
export async function converse(
  client: ChildProcessWithoutNullStreams,
  request: ExecutionRequest,
  observer: ExecutionObserver,
  kill: AbortSignal,
  patience: Patience,
): Promise<Heard> {
  const heard = nothingHeard()
  const closed = once(client, 'close').catch(() => undefined)
  client.stdin.on('error', () => undefined) // a connection that is gone shows in the outcome
  client.stderr.resume() // a banner or a login shell's complaint: never the step's output
  const greeted = new AbortController()
  const started = new AbortController()
  const over = new AbortController()
  const held = heldObserver(observer, () => started.abort())
  const listening = listen(client, request, heard, held, () => greeted.abort())
  try {
    await Promise.all([
      listening.finally(() => over.abort()),
      speak(
        client.stdin,
        request,
        heard,
        patience.heartbeat,
        greeted.signal,
        AbortSignal.any([kill, over.signal]),
      ),
      attendKill(client, heard, kill, over.signal),
      giveUp(client, request, heard, patience, held, started.signal, over.signal),
    ])
  } finally {
    over.abort()
    client.stdin.end()
    await Promise.race([closed, sleep(closePatience, undefined, { ref: false })])
    client.kill('SIGKILL')
    await closed
  }
  return heard
}

/**
 * The bytes, then a word now and then for as long as the step runs. Not before the runner's greeting: what answers
 * instead of it, such as a forced command of the target's own, is to receive nothing.
 */
async function speak(
  stdin: Writable,
  request: ExecutionRequest,
  heard: Heard,
  heartbeat: number,
  greeted: AbortSignal,
  stop: AbortSignal,
): Promise<void> {
  await aborted(AbortSignal.any([greeted, stop]))
  for (const part of request.parts) {
    if (stop.aborted) return
    heard.sentAny = true
    if (!stdin.write(part)) await once(stdin, 'drain', { signal: stop }).catch(() => undefined)
  }
  heard.sentAll = !stop.aborted
  while (!stop.aborted) {
    await pause(heartbeat, stop)
    if (!stop.aborted) stdin.write('H\n')
  }
}

/**
 * Asks the runner; then drops the lifeline; then ends the client: each a weaker way of saying the same. While not all
 * bytes are sent, their end is what says it: the runner refuses what is truncated.
 */
async function attendKill(
  client: ChildProcessWithoutNullStreams,
  heard: Heard,
  kill: AbortSignal,
  over: AbortSignal,
): Promise<void> {
  await aborted(AbortSignal.any([kill, over]))
  if (over.aborted) return
  heard.killAsked = true
  if (!heard.sentAny) return void client.kill('SIGKILL')
  if (heard.sentAll) {
    client.stdin.write('K\n')
    await pause(killPatience, over)
  }
  client.stdin.end()
  await pause(closePatience, over)
  if (!over.aborted) client.kill('SIGKILL')
}

interface HeldObserver extends ExecutionObserver {
  /** Milliseconds for which we held the run back ourselves. */
  heldFor(): number
}

function heldObserver(observer: ExecutionObserver, started: () => void): HeldObserver {
  let total = 0
  let since: number | undefined
  return {
    heldFor: () => total + (since === undefined ? 0 : performance.now() - since),
    onStart(targetTime) {
      started()
      observer.onStart(targetTime)
    },
    async onOutput(stream, bytes) {
      since = performance.now()
      try {
        await observer.onOutput(stream, bytes)
      } finally {
        total += performance.now() - since
        since = undefined
      }
    },
  }
}

/**
 * Ends the client of a target that says nothing although it must have ended the step: a supervisor that stands still
 * would hang the run for ever. Time in which our own store took no output is not the target's.
 */
async function giveUp(
  client: ChildProcessWithoutNullStreams,
  { maxSeconds }: ExecutionRequest,
  heard: Heard,
  { start, grace }: Patience,
  { heldFor }: HeldObserver,
  started: AbortSignal,
  over: AbortSignal,
): Promise<void> {
  await pause(start, AbortSignal.any([started, over]))
  let left = started.aborted ? maxSeconds * 1000 + grace : 0
  while (left > 0 && !over.aborted) {
    const before = heldFor()
    await pause(left, over)
    left = heldFor() - before
  }
  if (over.aborted) return
  heard.gaveUp = true
  client.kill('SIGKILL')
}

/** Until the other side closes, or says something that no runner says. Rejects only when the observer does. */
async function listen(
  client: ChildProcessWithoutNullStreams,
  request: ExecutionRequest,
  heard: Heard,
  observer: ExecutionObserver,
  greet: () => void,
): Promise<void> {
  const reader = new RunnerReader()
  for await (const bytes of arriving(client.stdout)) {
    const records = reader.push(bytes)
    if (!records.ok) {
      heard.malformed = records.error.what
      return
    }
    for (const record of records.value) {
      if (record.kind === 'hello') greet()
      if (record.kind === 'start' && record.run !== request.runId) heard.malformed = 'other-run'
      if (heard.malformed !== undefined) return
      await take(record, heard, observer)
    }
  }
}

/** A stream that breaks is a connection that is gone. */
async function* arriving(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* stream
  } catch {
    // What was heard so far is what is known.
  }
}

async function take(record: RunnerRecord, heard: Heard, observer: ExecutionObserver): Promise<void> {
  switch (record.kind) {
    case 'hello':
      break
    case 'start':
      heard.started = true
      observer.onStart(record.targetTime)
      break
    case 'output':
      await observer.onOutput(record.stream, record.bytes)
      break
    case 'left':
      await observer.onOutput('control', note(`left running and ended: ${record.pids.join(' ')}`))
      break
    case 'remain':
      await observer.onOutput('control', note(`still running: ${record.pids.join(' ')}`))
      break
    case 'end':
      heard.end = record.end
      break
    case 'not-started':
      heard.notStarted = record.reason
      break
  }
}

function note(text: string): Uint8Array {
  return Buffer.from(`${text}\n`)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
