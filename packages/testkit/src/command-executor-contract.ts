import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { utf8 } from '@chaperone/encoding'
import type { CommandExecutor, ExecutionRequest } from '@chaperone/usecases'
import { observeRun } from './observed-run.ts'

/** What a step of the suite does; each subject says it in its own way. */
export type Behaviour =
  /** Writes these, one after the other, and exits. */
  | {
      readonly does: 'print'
      readonly output: readonly (readonly ['stdout' | 'stderr', string])[]
      readonly exit: number
    }
  /** Writes `<sha256> <sha256> …` of all parts that reached it, in order, to its standard output. */
  | { readonly does: 'digest-parts'; readonly files: readonly Uint8Array[] }
  /** Writes so many bytes to its standard output. */
  | { readonly does: 'flood'; readonly bytes: number }
  /** Writes `waiting` and never ends by itself. */
  | { readonly does: 'wait' }
  /** Ends itself by a signal. */
  | { readonly does: 'die'; readonly signal: number }
  /** Writes `waiting`; then the connection is lost. */
  | { readonly does: 'lose-connection' }

export interface ExecutorSubject extends AsyncDisposable {
  readonly executor: CommandExecutor
  /** A request for a step that behaves so; it may be run once. */
  request(behaviour: Behaviour): Promise<ExecutionRequest>
  /** SHA-256 in hex of each part, as `digest-parts` writes it. */
  digests(request: ExecutionRequest): readonly string[]
  /** A request that asks for a host key which the target does not have. */
  withOtherHostKey(request: ExecutionRequest): ExecutionRequest
  /** A request for an address where nobody answers. */
  withNobodyThere(request: ExecutionRequest): ExecutionRequest
}

/** What every `CommandExecutor` promises; see the port's own words. */
export function commandExecutorContract(name: string, start: () => Promise<ExecutorSubject>): void {
  describe(`command executor: ${name}`, () => {
    let subject: ExecutorSubject
    beforeAll(async () => {
      subject = await start()
    })
    afterAll(async () => {
      await subject[Symbol.asyncDispose]()
    })

    async function play(request: ExecutionRequest, kill = new AbortController().signal) {
      const seen = observeRun()
      return { outcome: await subject.executor.run(request, seen, kill), seen }
    }

    test.for([0, 1, 3, 90, 255])('an exit status of %i is reported as it is', async (exit) => {
      const request = await subject.request({ does: 'print', output: [['stdout', 'x']], exit })
      const { outcome, seen } = await play(request)
      expect(outcome).toEqual(exit === 0 ? { result: 'succeeded' } : { result: 'failed', exit, signal: null })
      expect(seen.starts).toHaveLength(1)
    })

    test('an end by a signal is reported as that', async () => {
      const { outcome } = await play(await subject.request({ does: 'die', signal: 9 }))
      expect(outcome).toEqual({ result: 'failed', exit: null, signal: 9 })
    })

    test('each stream arrives whole and in order', async () => {
      const output = [
        ['stdout', 'one\n'],
        ['stderr', 'two\n'],
        ['stdout', 'three'],
        ['stderr', 'four'],
      ] as const
      const { seen } = await play(await subject.request({ does: 'print', output, exit: 0 }))
      expect([seen.text('stdout'), seen.text('stderr')]).toEqual(['one\nthree', 'two\nfour'])
    })

    test('the target receives exactly the parts', async () => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
      const files = [everyByte, new Uint8Array(), utf8('no newline'), utf8('cr\r\n\u202e')]
      const request = await subject.request({ does: 'digest-parts', files })
      const { outcome, seen } = await play(request)
      expect(outcome).toEqual({ result: 'succeeded' })
      expect(seen.text().trim().split(' ')).toEqual(subject.digests(request))
    })

    test('output that nobody takes holds back the run', async () => {
      const size = 8 * 1024 * 1024
      const request = await subject.request({ does: 'flood', bytes: size })
      const seen = observeRun()
      let pending = 0
      let most = 0
      const outcome = await subject.executor.run(
        request,
        {
          onStart: () => undefined,
          async onOutput(stream, bytes) {
            most = Math.max(most, ++pending)
            await seen.onOutput(stream, bytes)
            pending--
          },
        },
        new AbortController().signal,
      )
      expect(outcome).toEqual({ result: 'succeeded' })
      expect(seen.bytes('stdout').length).toBe(size)
      expect(most).toBe(1)
    })

    test('a kill ends the run and is confirmed', async () => {
      const request = await subject.request({ does: 'wait' })
      const seen = observeRun()
      const kill = new AbortController()
      const running = subject.executor.run(request, seen, kill.signal)
      await seen.until('waiting')
      kill.abort()
      expect(await running).toEqual({ result: 'killed', reason: 'asked', confirmed: true, survivors: 0 })
    })

    test('a kill before the start lets nothing run', async () => {
      const request = await subject.request({ does: 'print', output: [['stdout', 'x']], exit: 0 })
      const { outcome, seen } = await play(request, AbortSignal.abort())
      expect(outcome).toEqual({ result: 'not-started', reason: 'killed-before-start' })
      expect([seen.starts, seen.pieces]).toEqual([[], []])
    })

    test('what ran once does not run again', async () => {
      const request = await subject.request({ does: 'print', output: [['stdout', 'x']], exit: 0 })
      expect((await play(request)).outcome).toEqual({ result: 'succeeded' })
      const { outcome, seen } = await play(request)
      expect(outcome).toMatchObject({ result: 'not-started' })
      expect([seen.starts, seen.pieces]).toEqual([[], []])
    })

    test('another host key gets nothing', async () => {
      const request = await subject.request({ does: 'print', output: [['stdout', 'x']], exit: 0 })
      const { outcome, seen } = await play(subject.withOtherHostKey(request))
      expect(outcome).toEqual({ result: 'not-started', reason: 'host-key-refused' })
      expect(seen.starts).toEqual([])
      // It was not spent: with the right key it runs.
      expect((await play(request)).outcome).toEqual({ result: 'succeeded' })
    })

    test('where nobody answers nothing was started', async () => {
      const request = await subject.request({ does: 'print', output: [], exit: 0 })
      const { outcome } = await play(subject.withNobodyThere(request))
      expect(outcome).toEqual({ result: 'not-started', reason: 'unreachable' })
    })

    test('a connection lost while it runs leaves its fate unknown', async () => {
      const { outcome, seen } = await play(await subject.request({ does: 'lose-connection' }))
      expect(outcome).toEqual({ result: 'unknown', reason: 'connection-lost' })
      expect(seen.starts).toHaveLength(1)
    })

    test('an observer that fails is reported as a fault and ends the run', async () => {
      const request = await subject.request({ does: 'print', output: [['stdout', 'x']], exit: 0 })
      const failing = { onStart: () => undefined, onOutput: () => Promise.reject(new Error('store')) }
      await expect(subject.executor.run(request, failing, new AbortController().signal)).rejects.toThrow(
        'store',
      )
    })
  })
}
