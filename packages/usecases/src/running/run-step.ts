import {
  err,
  Fault,
  fromBase64,
  ok,
  parseCanonicalJson,
  toHex,
  type Result,
  type RunId,
} from '@chaperone/encoding'
import {
  allowancesFor,
  currentRuns,
  decodeEvent,
  findTarget,
  nextAttempt,
  predecessorOf,
  runIdOf,
  type Outcome,
  type Refusal,
  type RosterTarget,
  type SignedStatement,
  type WorkOrder,
} from '@chaperone/domain'
import { changeOrder } from '../change-order.ts'
import type { Issued } from '../signer-client.ts'
import { openOrder, type OpenedOrder } from '../openings.ts'
import { contextNow } from '../organisation.ts'
import type { Floor } from './floor.ts'
import type { LiveRuns } from './live-runs.ts'
import { recordOutput, type OutputRecorder } from './record-output.ts'

const cosignMilliseconds = 15_000

/**
 * Runs one step once: intent into the log, log to the signer, certificate, connection, outcome into the log. From the
 * moment a connection may have been made, everything but a proven end is `unknown`. `lost` is aborted when this
 * process may no longer hold the order.
 */
export async function runStep(
  floor: Floor,
  live: LiveRuns,
  order: WorkOrder,
  index: number,
  lost: AbortSignal,
): Promise<Result<WorkOrder, Refusal>> {
  const { office } = floor
  const opened = await openOrder(
    office.reader,
    order.orderDigest,
    order.steps.map((step) => step.analysis),
  )
  const intended = await intend(floor, order, index)
  if (!intended.ok) return intended
  const { run, entry } = intended.value
  const recorder = recordOutput(office, floor.vault, floor.timers, order.order, run)
  const kill = live.begin(run, recorder)
  try {
    const work: Work = { order: intended.value.order, opened, index, run, intent: entry, recorder }
    const { outcome, serial } = await attempt(floor, work, AbortSignal.any([kill, lost]))
    return await finish(floor, work, outcome, serial, lost)
  } finally {
    live.end(run)
  }
}

interface Work {
  readonly order: WorkOrder
  readonly opened: OpenedOrder
  readonly index: number
  readonly run: RunId
  /** Log index of the intent. */
  readonly intent: number
  readonly recorder: OutputRecorder
}

interface Intended {
  readonly order: WorkOrder
  readonly run: RunId
  readonly entry: number
}

async function intend(floor: Floor, order: WorkOrder, step: number): Promise<Result<Intended, Refusal>> {
  const { office } = floor
  const attempt = nextAttempt(order, step)
  const run = runIdOf(order.orderDigest, step, attempt, office.crypto.sha256)
  const after = await restsOn(floor, order, step)
  const changed = await changeOrder<Refusal>(office, order.order, (before, { at }) => {
    const planned = before?.steps[step - 1]
    if (before === undefined || planned === undefined) return err({ code: 'step-unknown', step })
    const decisions = allowancesFor(before, step, attempt).map((allowance) => allowance.statement)
    const { version, orderDigest } = before
    return ok([
      {
        v: 1,
        type: 'run-intended',
        at,
        order: order.order,
        version,
        orderDigest,
        step,
        attempt,
        run,
        stepDigest: planned.digest,
        target: planned.target,
        decisions,
        after,
      },
    ])
  })
  if (!changed.ok) return changed
  return ok({ order: changed.value.order, run, entry: changed.value.entries[0] ?? -1 })
}

/** The predecessor's run with the entry that says it succeeded. */
async function restsOn(
  floor: Floor,
  order: WorkOrder,
  step: number,
): Promise<{ run: RunId; entry: number } | null> {
  const digests = order.steps.map((candidate) => candidate.digest)
  const needs = predecessorOf({ steps: digests, rollbackSteps: order.rollbackSteps }, step)
  if (needs === undefined) return null
  const before = currentRuns(order).find((run) => run.step === needs && run.outcome?.result === 'succeeded')
  if (before === undefined) return null
  const entry = await entryOfEnd(floor, before.run)
  return entry === undefined ? null : { run: before.run, entry }
}

const lookBack = 2000

/** Searches the log from its end: a predecessor is nearly always recent. */
async function entryOfEnd(floor: Floor, run: RunId): Promise<number | undefined> {
  const { ledger } = floor.office
  for (let to = (await ledger.head()).size; to > 0; to -= lookBack) {
    const entries = await ledger.entries(Math.max(0, to - lookBack), to)
    const found = entries.findLast((entry) => {
      const event = decodeEvent(entry.leaf)
      return event.ok && event.value.type === 'run-ended' && event.value.run === run
    })
    if (found !== undefined) return found.index
  }
  return undefined
}

interface Attempted {
  readonly outcome: Outcome
  readonly serial: string | null
}

async function attempt(floor: Floor, work: Work, kill: AbortSignal): Promise<Attempted> {
  const issued = await certificate(floor, work, kill)
  if (!issued.ok) return { outcome: { result: 'not-started', reason: issued.error }, serial: null }
  const { serial, agent } = issued.value
  const target = findTarget(
    (await contextNow(floor.office)).roster,
    work.order.steps[work.index - 1]?.target ?? '',
  )
  if (target === undefined) return { outcome: { result: 'not-started', reason: 'target-unknown' }, serial }
  try {
    return { outcome: await execute(floor, work, target, agent, kill), serial }
  } catch (error) {
    floor.alarm('executor-failed', { run: work.run, message: error instanceof Error ? error.message : '' })
    return { outcome: { result: 'unknown', reason: 'executor-failed' }, serial }
  }
}

/** The certificate's agent, or the reason why there is none: nothing has left this machine yet. */
async function certificate(floor: Floor, work: Work, kill: AbortSignal): Promise<Result<Issued, string>> {
  const { order, opened, index, run, intent } = work
  if (kill.aborted) return err('killed-before-start')
  try {
    await floor.cosigned.waitFor(intent + 1, cosignMilliseconds)
    if (kill.aborted) return err('killed-before-start')
    const step = opened.steps[index - 1]
    const statements = await quorumStatements(floor, order, index)
    if (step === undefined) return err('step-unknown')
    const attemptNumber = order.runs.find((candidate) => candidate.run === run)?.attempt ?? 1
    const issued = await floor.signer.issue({
      statements,
      order: opened.order,
      step: step.opening,
      index,
      attempt: attemptNumber,
      intent,
    })
    if (issued.ok) return issued
    floor.alarm('signer-refused', { run, refusal: issued.error.code })
    return err(`signer-${issued.error.code}`.slice(0, 64))
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'signer-unavailable'
    floor.alarm(code, { run })
    return err(code)
  }
}

async function quorumStatements(
  floor: Floor,
  order: WorkOrder,
  index: number,
): Promise<readonly SignedStatement[]> {
  const run = order.runs.find((candidate) => candidate.step === index && candidate.state !== 'ended')
  const allowances = allowancesFor(order, index, run?.attempt ?? 1)
  return await Promise.all(
    allowances.map(async (allowance) => {
      const opening = await floor.office.reader.opening(allowance.statement)
      const json = opening === undefined ? undefined : parseCanonicalJson(opening.value)
      if (json?.ok !== true) throw new Fault('opening-missing', 'a recorded statement is not in the store')
      return json.value as unknown as SignedStatement // stored by completeSigning, judged again by the signer
    }),
  )
}

async function execute(
  floor: Floor,
  work: Work,
  target: RosterTarget,
  agentSocket: string,
  kill: AbortSignal,
): Promise<Outcome> {
  const step = work.opened.steps[work.index - 1]
  if (step === undefined) return { result: 'not-started', reason: 'step-unknown' }
  let started: Promise<unknown> | undefined
  const request = {
    address: target.address,
    port: target.port,
    account: step.opening.document.account,
    targetId: target.target,
    hostKeys: blobs(target.hostKeys),
    hostAuthorities: blobs(target.hostAuthorities),
    agentSocket,
    runId: work.run,
    parts: [step.bytes, ...step.files],
  }
  const observer = {
    onStart: () => {
      started = noteStart(floor, work)
    },
    onOutput: async (stream: 'stdout' | 'stderr' | 'control', bytes: Uint8Array) => {
      work.recorder.add(stream, bytes)
      await work.recorder.room()
    },
  }
  const outcome = await floor.executor.run(request, observer, kill)
  await started
  return outcome
}

function blobs(texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => fromBase64(text)).filter((blob) => blob !== undefined)
}

/** The start line is news, not proof: losing it changes nothing that is decided. */
async function noteStart(floor: Floor, work: Work): Promise<void> {
  const { office } = floor
  try {
    await changeOrder<Refusal>(office, work.order.order, (_, { at }) =>
      ok([{ v: 1, type: 'run-started', at, order: work.order.order, run: work.run, targetTime: at }]),
    )
  } catch (error) {
    floor.alarm('start-not-recorded', { run: work.run, message: error instanceof Error ? error.message : '' })
  }
}

/** Writes the outcome, and keeps trying while the store is away: losing it would lose what is known. */
async function finish(
  floor: Floor,
  work: Work,
  outcome: Outcome,
  serial: string | null,
  lost: AbortSignal,
): Promise<Result<WorkOrder, Refusal>> {
  const { office } = floor
  const recorded = await work.recorder.finish(lost).catch(() => null)
  const recording = recorded === null ? null : { ...recorded, link: toHex(recorded.link) }
  for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
    try {
      const changed = await changeOrder<Refusal>(office, work.order.order, (_, { at }) =>
        ok([
          { v: 1, type: 'run-ended', at, order: work.order.order, run: work.run, outcome, serial, recording },
        ]),
      )
      return changed.ok ? ok(changed.value.order) : changed
    } catch (error) {
      floor.alarm('outcome-not-recorded-yet', {
        run: work.run,
        message: error instanceof Error ? error.message : '',
      })
      await floor.timers.sleep(wait)
    }
  }
}
