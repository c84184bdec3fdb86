import { err, ok } from '@chaperone/encoding'
import { escortRefusal } from './decide-claim.ts'
import type { Context, Decided } from './decide.ts'
import { findRun } from './decide-run.ts'
import type { EventOf } from './event.ts'
import { expiredRoster } from './expired-roster.ts'
import { findPerson, findTarget, hasRole, keyCountsFor, type RosterKey } from './roster.ts'
import type { Refusal } from './refusal.ts'
import { checkStatement } from './signed-statement.ts'
import type { ReleaseStatement } from './statement.ts'
import { involvedIn, stopHitting } from './stop.ts'
import type { Run, WorkOrder } from './work-order.ts'

const mostReleases = 500

/** Output leaves only by an escort's signature over exactly what leaves, for one recipient (O-1, O-4). */
export function release(order: WorkOrder, event: EventOf<'release-recorded'>, context: Context): Decided {
  const checked = checkStatement(event.statement, context.roster, context.at, context.crypto)
  if (!checked.ok) return checked
  const { statement, key } = checked.value
  if (statement.kind !== 'release') return err({ code: 'statement-not-for-this', field: 'kind' })
  const refusal = aboutStatement(order, statement, context) ?? aboutRuns(order, statement, key, context)
  return refusal === undefined ? ok(event) : err(refusal)
}

function aboutStatement(
  order: WorkOrder,
  statement: ReleaseStatement,
  context: Context,
): Refusal | undefined {
  const { roster, at } = context
  if (statement.order !== order.order) return { code: 'statement-not-for-this', field: 'order' }
  if (statement.version !== order.version) {
    return { code: 'order-version-stale', version: statement.version, current: order.version }
  }
  if (statement.recipient !== order.technician)
    return { code: 'recipient-wrong', recipient: statement.recipient }
  if (statement.roster !== roster.version) {
    return { code: 'roster-stale', signed: statement.roster, current: roster.version }
  }
  if (statement.policy !== roster.policy) return { code: 'policy-stale' }
  if (order.releases.length >= mostReleases)
    return { code: 'order-full', what: 'releases', most: mostReleases }
  const { technician } = order
  if (!hasRole(roster, technician, 'technician', at)) return { code: 'technician-unknown', technician }
  return expiredRoster(context) ?? escortRefusal(order, statement.releaser, context)
}

/** A run of an earlier version may have been on a target that the order no longer names. */
function aboutRuns(
  order: WorkOrder,
  statement: ReleaseStatement,
  key: RosterKey,
  context: Context,
): Refusal | undefined {
  for (const line of statement.releases) {
    const run = findRun(order, line.run)
    if (run === undefined) return { code: 'run-unknown', run: line.run }
    if (run.state !== 'ended') return { code: 'run-not-ended', run: line.run }
    const refusal = aboutTarget(order, run, statement, key, context)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function aboutTarget(
  order: WorkOrder,
  run: Run,
  { releaser }: ReleaseStatement,
  key: RosterKey,
  { roster, stops, at }: Context,
): Refusal | undefined {
  const target = findTarget(roster, run.target)
  if (target === undefined) return { code: 'target-unknown', target: run.target }
  if (findPerson(roster, releaser)?.regimes.includes(target.regime) !== true)
    return { code: 'escort-regime', regime: target.regime }
  if (!keyCountsFor(target, key.class)) return { code: 'key-class-not-permitted', target: run.target }
  const stop = stopHitting(stops, involvedIn([run], [order.technician, releaser], roster), at)
  return stop === undefined ? undefined : { code: 'stopped', stop: stop.stop }
}

/** A read by the technician: of what was released to them, or of a question that they were asked. */
export function disclose(order: WorkOrder, event: EventOf<'disclosure-recorded'>, context: Context): Decided {
  const { technician } = order
  if (event.recipient !== technician) return err({ code: 'recipient-wrong', recipient: event.recipient })
  const { roster, stops, at } = context
  const expired = expiredRoster(context)
  if (expired !== undefined) return err(expired)
  if (!hasRole(roster, technician, 'technician', at)) return err({ code: 'technician-unknown', technician })
  const run = event.run === null ? undefined : findRun(order, event.run)
  const steps = run === undefined ? order.steps : [run]
  const stop = stopHitting(stops, involvedIn(steps, [technician], roster), at)
  if (stop !== undefined) return err({ code: 'stopped', stop: stop.stop })
  return isDisclosed(order, event) ? ok(event) : err({ code: 'not-released' })
}

function isDisclosed(order: WorkOrder, event: EventOf<'disclosure-recorded'>): boolean {
  const { basis, recipient, recipientFacts, run, content, length } = event
  switch (basis) {
    case 'rule-escort-question':
      return run === null && order.questions.some((question) => question.text === content)
    case 'rule-handover-note':
      return false // notes are between escorts, and the technician is no escort of their own order
    case 'release':
      return order.releases.some(
        (release) =>
          release.recipient === recipient &&
          release.recipientFacts === recipientFacts &&
          release.lines.some(
            (line) => line.run === run && line.content === content && line.length === length,
          ),
      )
  }
}
