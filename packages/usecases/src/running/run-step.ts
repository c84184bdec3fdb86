import { err, Fault, isInstant, instantOf, ok, toHex, type Result, type RunId } from '@chaperone/encoding'
import {
  allowancesFor,
  findRun,
  findTarget,
  nextAttempt,
  runIdOf,
  type Outcome,
  type Refusal,
  type RosterTarget,
  type WorkOrder,
} from '@chaperone/domain'
import { changeOrder } from '../change-order.ts'
import type { Issued } from '../signer-client.ts'
import type { OpenedOrder } from '../openings.ts'
import { contextNow } from '../organisation.ts'
import { executionRequest } from './execution-request.ts'
import type { Floor } from './floor.ts'
import type { LiveRuns } from './live-runs.ts'
import { quorumStatements } from './quorum-statements.ts'
import { recordOutput, type OutputRecorder } from './record-output.ts'
import { restsOn, type RestsOn } from './rests-on.ts'
import type { Tenure } from './tenure.ts'
import { untilStored } from './until-stored.ts'

/** A step that may run now. */
export interface DueStep {
  readonly order: WorkOrder
  /** Counted from 1. */
  readonly step: number
  readonly opened: OpenedOrder
}

const cosignMilliseconds = 15_000

/**
 * Runs one step once: intent into the log, log to the signer, certificate, connection, outcome into the log. From the
 * moment a connection may have been made, everything but a proven end is `unknown`.
 */
export async function runStep(
  floor: Floor,
  live: LiveRuns,
  { order, step: index, opened }: DueStep,
  ours: Tenure,
): Promise<Result<WorkOrder, Refusal>> {
  const { office } = floor
  const attempt = nextAttempt(order, index)
  const run = runIdOf(order.orderDigest, index, attempt, office.crypto.sha256)
  const after = await restsOn(office, order, index)
  const recorder = recordOutput(floor, order.order, run)
  // Before the intent is in the log: a kill that follows it there must find something to kill.
  const kill = live.begin(run, recorder)
  try {
    const intended = await intend(floor, order, { index, attempt, run, after })
    if (!intended.ok) return intended
    const stop = AbortSignal.any([kill, ours.lost])
    const work: Work = { ...intended.value, opened, index, attempt, run, recorder, stop, ours }
    const done = await attemptIt(floor, work)
    raiseAlarms(floor, work, done.outcome)
    return await finish(floor, work, done)
  } finally {
    live.end(run)
    await recorder.finish()
  }
}

interface Work {
  readonly order: WorkOrder
  readonly opened: OpenedOrder
  readonly index: number
  readonly attempt: number
  readonly run: RunId
  /** Log index of the intent. */
  readonly intent: number
  readonly recorder: OutputRecorder
  readonly stop: AbortSignal
  readonly ours: Tenure
}

async function intend(
  floor: Floor,
  order: WorkOrder,
  { index, attempt, run, after }: Pick<Work, 'index' | 'attempt' | 'run'> & { readonly after: RestsOn },
): Promise<Result<Pick<Work, 'order' | 'intent'>, Refusal>> {
  const changed = await changeOrder(floor.office, order.order, (before, { at }) => {
    const planned = before?.steps[index - 1]
    if (before === undefined || planned === undefined) return err({ code: 'step-unknown', step: index })
    const { version, orderDigest } = before
    return ok([
      {
        v: 1,
        type: 'run-intended',
        at,
        order: order.order,
        version,
        orderDigest,
        step: index,
        attempt,
        run,
        stepDigest: planned.digest,
        target: planned.target,
        decisions: allowancesFor(before, index, attempt).map((allowance) => allowance.statement),
        after,
      },
    ])
  })
  if (!changed.ok) return changed
  return ok({ order: changed.value.order, intent: changed.value.entries[0] ?? -1 })
}

interface Done {
  readonly outcome: Outcome
  readonly serial: string | null
}

async function attemptIt(floor: Floor, work: Work): Promise<Done> {
  // Looked up first: after the certificate nothing may fail that could be known before.
  const target = await targetOf(floor, work)
  if (target === undefined) return notStarted('target-unknown')
  const issued = await certificate(floor, work)
  if (!issued.ok) {
    const done = notStarted(issued.error.reason)
    return issued.error.mayHaveIssued ? closed(floor, work, done) : done
  }
  const { serial, agent } = issued.value
  if (work.stop.aborted || !work.ours.held())
    return closed(floor, work, { ...notStarted('killed-before-start'), serial })
  try {
    return await closed(floor, work, { outcome: await execute(floor, work, target, agent), serial })
  } catch (error) {
    floor.alarm('executor-failed', { run: work.run, code: error instanceof Fault ? error.code : 'defect' })
    return { outcome: { result: 'unknown', reason: 'executor-failed' }, serial }
  }
}

function notStarted(reason: string): Done {
  return { outcome: { result: 'not-started', reason }, serial: null }
}

/** Said by the runner, from inside the one login that there can be (spec/runner.md §4). */
const runnerReasons: ReadonlySet<string> = new Set([
  'too-late',
  'no-space',
  'truncated',
  'hash-mismatch',
  'cannot-mark',
  'already-ran',
])

/**
 * Nobody logged in, and nobody may any more once that is written: the agent is closed first. Where that is not certain
 * the certificate may still be used, and what becomes of the run is not known.
 */
async function closed(floor: Floor, work: Work, done: Done): Promise<Done> {
  const { outcome } = done
  if (outcome.result !== 'not-started' || runnerReasons.has(outcome.reason)) return done
  try {
    await floor.signer.close(work.run)
    return done
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'defect'
    floor.alarm('agent-not-closed', { run: work.run, code, reason: outcome.reason })
    return { ...done, outcome: { result: 'unknown', reason: 'agent-not-closed' } }
  }
}

async function targetOf(floor: Floor, { order, index }: Work): Promise<RosterTarget | undefined> {
  try {
    const { roster } = await contextNow(floor.office)
    return findTarget(roster, order.steps[index - 1]?.target ?? '')
  } catch {
    return undefined // the store went away: nothing has been sent, and the outcome will say so
  }
}

interface NoCertificate {
  readonly reason: string
  /** The signer was asked and did not answer: there may be an agent all the same. */
  readonly mayHaveIssued: boolean
}

/** The certificate's agent, or the reason why we have none: nothing has left this machine yet. */
async function certificate(floor: Floor, work: Work): Promise<Result<Issued, NoCertificate>> {
  const { order, opened, index, attempt, run, intent, stop, ours } = work
  const step = opened.steps[index - 1]
  const none = (reason: string, mayHaveIssued = false) => err({ reason, mayHaveIssued })
  if (step === undefined) return none('step-unknown')
  let asked = false
  try {
    const [statements] = await Promise.all([
      quorumStatements(floor.office.reader, order, index, attempt),
      floor.cosigned.waitFor(intent + 1, cosignMilliseconds),
    ])
    if (stop.aborted || !ours.held()) return none('killed-before-start')
    asked = true
    const issued = await floor.signer.issue({
      statements,
      order: opened.order,
      step: step.opening,
      index,
      attempt,
      intent,
    })
    if (issued.ok) return issued
    floor.alarm('signer-refused', { run, refusal: issued.error.code })
    return none(`signer-${issued.error.code}`.slice(0, 64))
  } catch (error) {
    const code = error instanceof Fault ? error.code : 'signer-unavailable'
    floor.alarm(code, { run })
    const neverReached = error instanceof Fault && error.retryable
    return none(code, asked && !neverReached)
  }
}

async function execute(
  floor: Floor,
  work: Work,
  target: RosterTarget,
  agentSocket: string,
): Promise<Outcome> {
  const { recorder, stop } = work
  let noted: Promise<void> | undefined
  const observer = {
    onStart: (targetTime: number) => {
      noted ??= noteStart(floor, work, targetTime)
    },
    onOutput: async (stream: 'stdout' | 'stderr', bytes: Uint8Array) => {
      recorder.add(stream, bytes)
      await recorder.room()
    },
  }
  const request = executionRequest(work, target, agentSocket)
  const outcome = await floor.executor.run(request, observer, stop)
  await noted
  return outcome
}

/** The start line is news, not proof: losing it changes nothing that is decided. */
async function noteStart(floor: Floor, { order, run }: Work, seconds: number): Promise<void> {
  const stated = instantOf(seconds)
  try {
    await changeOrder(floor.office, order.order, (_, { at }) => {
      const targetTime = isInstant(stated) ? stated : at
      return ok([{ v: 1, type: 'run-started', at, order: order.order, run, targetTime }])
    })
  } catch (error) {
    floor.alarm('start-not-recorded', { run, code: error instanceof Fault ? error.code : 'defect' })
  }
}

/** Ends that a person must look at, each under a code of its own. */
function raiseAlarms(floor: Floor, { order, run, index }: Work, outcome: Outcome): void {
  const facts = { order: order.order, run, target: order.steps[index - 1]?.target }
  // Somebody answered for the target and it was not our runner.
  if (outcome.result === 'unknown' && outcome.reason === 'start-line-missing') {
    floor.alarm('start-line-missing', facts)
  } else if (outcome.result === 'unknown') {
    floor.alarm('run-fate-unknown', { ...facts, reason: outcome.reason })
  }
  if (outcome.result === 'killed' && !outcome.confirmed) floor.alarm('kill-unconfirmed', facts)
}

/**
 * Writes the outcome, however long the store is away: losing it would lose what is known. Another process may have
 * written the run off meanwhile; then what is known here is told to the operator.
 */
async function finish(
  floor: Floor,
  work: Work,
  { outcome, serial }: Done,
): Promise<Result<WorkOrder, Refusal>> {
  const { order, run } = work
  const recorded = await work.recorder.finish()
  const recording = recorded === null ? null : { ...recorded, link: toHex(recorded.link) }
  const late = once(() => floor.alarm('outcome-not-recorded-yet', { run }))
  const changed = await untilStored(
    floor.timers,
    () =>
      changeOrder(floor.office, order.order, (_, { at }) =>
        ok([{ v: 1, type: 'run-ended', at, order: order.order, run, outcome, serial, recording }]),
      ),
    late,
  )
  if (changed.ok) return ok(changed.value.order)
  const known = await untilStored(floor.timers, () => floor.office.reader.order(order.order))
  const written = known === undefined ? undefined : findRun(known, run)?.outcome
  if (known !== undefined && JSON.stringify(written) === JSON.stringify(outcome)) return ok(known)
  floor.alarm('outcome-differs', { run, refusal: changed.error.code, result: outcome.result })
  return changed
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (!done) act()
    done = true
  }
}
