import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { err, Fault, instantOf, ok, utf8, type RunId } from '@chaperone/encoding'
import {
  decodeEvent,
  parseStatement,
  type Event,
  type Outcome,
  type SignedStatement,
} from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { memoryLedger, memoryRecords, sampleOrganisation, testLogKey } from '@chaperone/testkit'
import { analystHere } from '../analyst.ts'
import type { CommandExecutor, ExecutionObserver } from '../command-executor.ts'
import { completeSigning } from '../complete-signing.ts'
import { claimOrder } from '../converse.ts'
import type { Office } from '../office.ts'
import { takeRoster } from '../officers.ts'
import { prepareSigning, ticketSecret } from '../prepare-signing.ts'
import type { Issued, SignerClient } from '../signer-client.ts'
import { newOrderId, submitOrder } from '../submit-order.ts'
import type { Floor } from './floor.ts'
import { runOrders, type OrderRunner } from './run-orders.ts'
import type { Vault } from './vault.ts'

/** Time that passes only when a test says so. */
function virtualTime() {
  let now = 1_790_000_000_000
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    now: () => now,
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
      return new Promise((resolve, reject) => {
        const sleeper = { at: now + milliseconds, wake: resolve }
        if (signal?.aborted === true) return reject(new Error('aborted'))
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(new Error('aborted'))
        })
      })
    },
    /** In steps, with everything that follows from each step done before the next. */
    async pass(milliseconds: number): Promise<void> {
      for (const end = now + milliseconds; now < end;) {
        now = Math.min(end, now + 100)
        for (const sleeper of sleepers) {
          if (sleeper.at > now) continue
          sleepers.delete(sleeper)
          sleeper.wake()
        }
        await quiet()
      }
    },
  }
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A process can die at any call of a port, before it took effect or after: from then on it does nothing at all. */
interface Life {
  gate(): Promise<void>
  calls(): number
  dead(): boolean
}

function life(diesAt = Infinity): Life {
  let calls = 0
  let dead = false
  return {
    gate() {
      calls++
      if (calls === diesAt) dead = true
      return dead ? new Promise(() => undefined) : Promise.resolve()
    },
    calls: () => calls,
    dead: () => dead,
  }
}

function mortal<T extends object>(port: T, names: readonly (keyof T)[], { gate }: Life): T {
  const wrapped = { ...port }
  for (const name of names) {
    const call = (port[name] as (...args: unknown[]) => Promise<unknown>).bind(port)
    const through = async (...args: unknown[]) => {
      await gate()
      const answer = await call(...args)
      await gate()
      return answer
    }
    Object.assign(wrapped, { [name]: through })
  }
  return wrapped
}

type Play = (observer: ExecutionObserver, kill: AbortSignal) => Promise<Outcome>

const succeed: Play = async (observer) => {
  observer.onStart(1_790_000_001)
  await observer.onOutput('stdout', utf8('done\n'))
  return { result: 'succeeded' }
}

async function world(play: Play = succeed) {
  const time = virtualTime()
  const organisation = sampleOrganisation()
  const records = memoryRecords()
  const ledger = memoryLedger({ state: records, key: testLogKey(), milliseconds: time.now })
  const office: Office = {
    ledger,
    reader: records.reader,
    ephemera: records.ephemera,
    analyst: analystHere,
    crypto: nodeCrypto,
    clock: { now: () => instantOf(time.now() / 1000), milliseconds: time.now },
    random: (length) => randomBytes(length),
  }
  await takeRoster(office, { bytes: organisation.rosterBytes, adoptions: organisation.adoptions }, {})
  const ran: RunId[] = []
  const spent = new Set<RunId>()
  const closed: RunId[] = []
  const alarms: string[] = []
  const executor: CommandExecutor = {
    run(request, observer, kill) {
      if (kill.aborted) return Promise.resolve({ result: 'not-started', reason: 'killed-before-start' })
      ran.push(request.runId)
      return play(observer, kill)
    },
  }

  /** A gateway's floor, which dies at its `diesAt`-th call of a port. */
  function floor(holder: string, own: Life, change: Partial<Floor> = {}): Floor {
    const signer: SignerClient = {
      status: () => Promise.reject(new Error('not asked')),
      offerRoster: () => Promise.resolve(ok(undefined)),
      readLog: () => Promise.resolve(ok('')),
      issue(request) {
        const run = runOf(request.intent)
        if (spent.has(run)) return Promise.resolve(err({ code: 'already-spent' }))
        spent.add(run)
        const issued: Issued = { agent: '/nowhere', serial: '7', run }
        return Promise.resolve(ok(issued))
      },
      close(run) {
        closed.push(run)
        return Promise.resolve()
      },
    }
    const status = { ready: true, reason: null, isolated: true, rosterVersion: 1, logSize: 0, stops: 0 }
    const reachable = { ...signer, status: () => Promise.resolve({ ...status, unaccounted: [], caKey: '' }) }
    const vault: Vault = {
      seal: (_, __, ___, frames) => Promise.resolve(frames),
      open: (_, __, ___, sealed) => Promise.resolve(sealed),
    }
    return {
      office: {
        ...office,
        ledger: mortal(ledger, ['transact', 'lease', 'head', 'entries'], own),
        reader: mortal(records.reader, ['order', 'allowed', 'running', 'opening', 'latestRoster'], own),
      },
      signer: mortal(reachable, ['status', 'issue'], own),
      cosigned: mortal({ size: () => 0, waitFor: () => Promise.resolve() }, ['waitFor'], own),
      executor: mortal(executor, ['run'], own),
      vault: mortal(vault, ['seal'], own),
      holder,
      timers: { sleep: (ms, signal) => (own.dead() ? new Promise(() => undefined) : time.sleep(ms, signal)) },
      alarm: (code) => void (own.dead() || alarms.push(code)),
      ...change,
    }
  }

  let entries: Awaited<ReturnType<typeof ledger.entries>> = []
  function runOf(intent: number): RunId {
    const event = decodeEvent(entries[intent]?.leaf ?? new Uint8Array())
    if (!event.ok || event.value.type !== 'run-intended')
      throw new Error('issued without an intent in the log')
    return event.value.run
  }
  let tell: (event: Event) => void = () => undefined
  const onEvent = (listener: typeof tell) => {
    tell = listener
  }
  const watching = (async () => {
    for await (const entry of ledger.subscribe(0)) {
      entries = [...entries, entry]
      const event = decodeEvent(entry.leaf)
      if (event.ok) tell(event.value)
    }
  })()

  async function allowed(steps: readonly string[]): Promise<string> {
    const order = newOrderId(office)
    const step = (text: string) => ({
      target: 'web-1',
      account: 'ops',
      interpreter: 'bash' as const,
      bytes: utf8(text),
      files: [],
      expected: '',
      maxSeconds: 60,
    })
    const request = {
      purpose: 'try',
      fault: '',
      component: '',
      mayShow: '',
      effects: [],
      notBefore: instantOf(time.now() / 1000 - 60),
      notAfter: instantOf(time.now() / 1000 + 86_400),
      steps: steps.map(step),
      rollback: [],
    }
    good(await submitOrder(office, order, 'p-technician', 'session', request))
    good(await claimOrder(office, order, 'p-escortone', 1))
    const wish = { kind: 'allow', version: 1, steps: steps.map((_, i) => i + 1) } as const
    const { ticket } = good(await prepareSigning(office, order, 'p-escortone', wish))
    const secret = ticketSecret(office, Buffer.from(ticket, 'base64url'))
    const prepared = await office.reader.ticket(secret)
    good(await completeSigning(office, secret, signed(prepared?.statement ?? '')))
    return order
  }

  function signed(text: string): SignedStatement {
    const parsed = parseStatement(utf8(text))
    if (!parsed.ok) throw new Error('it was prepared')
    return organisation.sign('p-escortone', parsed.value)
  }

  const events = () =>
    entries.flatMap(({ leaf }) => {
      const event = decodeEvent(leaf)
      return event.ok ? [event.value] : []
    })
  const close = async () => {
    await ledger.close()
    await watching
  }
  return { time, office, floor, allowed, ran, closed, alarms, events, onEvent, close }
}

function good<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function started(runner: OrderRunner) {
  const ending = new AbortController()
  const done = runner.run(ending.signal)
  return async () => {
    ending.abort()
    await done
  }
}

const away: Play = () => Promise.resolve({ result: 'not-started', reason: 'unreachable' })

/** How the one run of an order ended, under a floor that is changed so. */
async function endedUnder(
  play: Play,
  signer: (own: Floor['signer']) => Partial<Floor['signer']> = () => ({}),
) {
  const it = await world(play)
  const order = await it.allowed(['echo one\n'])
  const floor = it.floor('a', life())
  const closedAtEnd: number[] = []
  it.onEvent((event) => void (event.type === 'run-ended' && closedAtEnd.push(it.closed.length)))
  const stop = started(runOrders({ ...floor, signer: { ...floor.signer, ...signer(floor.signer) } }))
  await it.time.pass(3000)
  const run = (await it.office.reader.order(order))?.runs[0]
  await stop()
  await it.close()
  return { outcome: run?.outcome, closedAtEnd, alarms: it.alarms }
}

describe('where nobody logged in', () => {
  const fault = (retryable: boolean) => () =>
    Promise.reject(new Fault('signer-unavailable', 'gone', { retryable }))

  test('the agent is closed before that is written', async () => {
    const ended = await endedUnder(away)
    expect(ended).toMatchObject({
      outcome: { result: 'not-started', reason: 'unreachable' },
      closedAtEnd: [1],
    })
  })

  test('its fate is unknown when the agent may still be open', async () => {
    const { outcome, alarms } = await endedUnder(away, () => ({ close: fault(true) }))
    expect(outcome).toEqual({ result: 'unknown', reason: 'agent-not-closed' })
    expect(alarms).toContain('agent-not-closed')
  })

  test('an agent that may have been made by a signer that did not answer is closed', async () => {
    const { outcome, closedAtEnd } = await endedUnder(succeed, () => ({ issue: fault(false) }))
    expect(outcome).toEqual({ result: 'not-started', reason: 'signer-unavailable' })
    expect(closedAtEnd).toEqual([1])
  })

  test('a signer that was never reached has made none', async () => {
    const signer = { issue: fault(true), close: fault(true) }
    const { outcome } = await endedUnder(succeed, () => signer)
    expect(outcome).toEqual({ result: 'not-started', reason: 'signer-unavailable' })
  })

  test('what the runner says from inside the login needs no closing', async () => {
    const late: Play = () => Promise.resolve({ result: 'not-started', reason: 'too-late' })
    const { outcome } = await endedUnder(late, () => ({ close: fault(true) }))
    expect(outcome).toEqual({ result: 'not-started', reason: 'too-late' })
  })
})

test('runs what was allowed, one step after another, each after its intent', async () => {
  const it = await world()
  const order = await it.allowed(['echo one\n', 'echo two\n'])
  const stop = started(runOrders(it.floor('a', life())))
  await it.time.pass(3000)
  const after = await it.office.reader.order(order)
  expect(after?.runs.map((run) => [run.step, run.outcome])).toEqual([
    [1, { result: 'succeeded' }],
    [2, { result: 'succeeded' }],
  ])
  const told = it.events().flatMap((event) => ('run' in event ? [event.type] : []))
  expect(told).toEqual([
    'run-intended',
    'run-started',
    'run-ended',
    'run-intended',
    'run-started',
    'run-ended',
  ])
  const [start] = it.events().filter((event) => event.type === 'run-started')
  expect(start).toMatchObject({ targetTime: instantOf(1_790_000_001) })
  await stop()
  await it.close()
})

test('a process that dies at any call of any port runs nothing twice and leaves nothing open', async () => {
  const whole = life()
  {
    const it = await world()
    await it.allowed(['echo one\n'])
    const stop = started(runOrders(it.floor('a', whole)))
    await it.time.pass(2000)
    await stop()
    await it.close()
  }
  expect(whole.calls()).toBeGreaterThan(20)
  const results = new Set<string>()
  for (let at = 1; at <= whole.calls(); at++) {
    const it = await world()
    const order = await it.allowed(['echo one\n'])
    void runOrders(it.floor('a', life(at))).run(new AbortController().signal)
    await it.time.pass(2000)
    const stop = started(runOrders(it.floor('b', life())))
    await it.time.pass(25_000)
    const after = await it.office.reader.order(order)
    const outcomes = after?.runs.map((run) => run.outcome?.result) ?? []
    expect(it.ran.length, `ran twice, dying at ${at}`).toBeLessThanOrEqual(1)
    expect(outcomes.length, `dying at ${at}`).toBe(1)
    if (it.ran.length === 1) expect(['succeeded', 'unknown']).toContain(outcomes[0])
    if (it.ran.length === 0) expect(outcomes[0]).toBe('unknown')
    expect(it.events().filter((event) => event.type === 'run-ended').length).toBe(1)
    results.add(String(outcomes[0]))
    await stop()
    await it.close()
  }
  expect(results).toEqual(new Set(['succeeded', 'unknown']))
}, 120_000)

test('a kill that follows the intent at once is not lost', async () => {
  const it = await world()
  const order = await it.allowed(['echo one\n'])
  const runner = runOrders(it.floor('a', life()))
  // As a gateway does that follows the log: nobody is told of the intent sooner.
  it.onEvent((event) => void (event.type === 'run-intended' && runner.kill(event.run)))
  const stop = started(runner)
  await it.time.pass(2000)
  expect(it.ran).toEqual([])
  expect((await it.office.reader.order(order))?.runs[0]?.outcome).toEqual({
    result: 'not-started',
    reason: 'killed-before-start',
  })
  await stop()
  await it.close()
})

test('a process that loses its lease kills what it runs, and what it knows is written', async () => {
  const outcome: Outcome = { result: 'killed', reason: 'asked', confirmed: true, survivors: 0 }
  const it = await world(async (observer, kill) => {
    observer.onStart(1_790_000_001)
    await new Promise((resolve) => kill.addEventListener('abort', resolve))
    return outcome
  })
  const order = await it.allowed(['echo one\n'])
  const own = it.floor('a', life())
  const lease = async (...asked: Parameters<Office['ledger']['lease']>) => {
    const held = await own.office.ledger.lease(...asked)
    return held === undefined ? undefined : { ...held, renew: () => Promise.reject(new Error('gone')) }
  }
  const floor = { ...own, office: { ...own.office, ledger: { ...own.office.ledger, lease } } }
  const stop = started(runOrders(floor))
  await it.time.pass(2000)
  expect(it.ran.length).toBe(1)
  await it.time.pass(15_000)
  expect((await it.office.reader.order(order))?.runs[0]?.outcome).toEqual(outcome)
  await stop()
  await it.close()
})

test.for<[alarm: string, outcome: Outcome]>([
  ['start-line-missing', { result: 'unknown', reason: 'start-line-missing' }],
  ['run-fate-unknown', { result: 'unknown', reason: 'connection-lost' }],
  ['kill-unconfirmed', { result: 'killed', reason: 'deadline', confirmed: false, survivors: 2 }],
])('raises %s', async ([alarm, outcome]) => {
  const it = await world(() => Promise.resolve(outcome))
  await it.allowed(['echo one\n', 'echo two\n'])
  const stop = started(runOrders(it.floor('a', life())))
  await it.time.pass(5000)
  expect(it.alarms).toContain(alarm)
  expect(it.ran.length).toBe(1) // nothing follows a step that did not succeed
  await stop()
  await it.close()
})

test('without a signer nothing is intended, and it runs once the signer is back', async () => {
  const it = await world()
  const order = await it.allowed(['echo one\n'])
  let away = true
  const own = it.floor('a', life())
  const status = () => (away ? Promise.reject(new Error('away')) : own.signer.status())
  const stop = started(runOrders({ ...own, signer: { ...own.signer, status } }))
  await it.time.pass(5000)
  expect((await it.office.reader.order(order))?.runs).toEqual([])
  expect(it.alarms.length).toBe(1) // told once, not every second
  away = false
  await it.time.pass(3000)
  expect((await it.office.reader.order(order))?.runs[0]?.outcome).toEqual({ result: 'succeeded' })
  await stop()
  await it.close()
})

test('two processes on one order run it once', async () => {
  const it = await world()
  const order = await it.allowed(['echo one\n', 'echo two\n', 'echo three\n'])
  const stops = ['a', 'b', 'c'].map((holder) => started(runOrders(it.floor(holder, life()))))
  await it.time.pass(5000)
  expect(it.ran.length).toBe(3)
  expect(new Set(it.ran).size).toBe(3)
  expect((await it.office.reader.order(order))?.runs.length).toBe(3)
  for (const stop of stops) await stop()
  await it.close()
})
