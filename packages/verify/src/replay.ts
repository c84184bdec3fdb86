import { secondsOf, type Crypto, type OrderId, type PersonId, type RunId } from '@chaperone/encoding'
import {
  apply,
  decide,
  statementReader,
  type Event,
  type EventOf,
  type OrderEvent,
  type Roster,
} from '@chaperone/domain'
import type { Frontier } from '@chaperone/tlog'
import { decodeEntry } from './decode-entry.ts'
import type { ExportSource } from './export-source.ts'
import type { Findings } from './findings.ts'
import { headsSeen, type HeadsSeen } from './heads-seen.ts'
import type { OpeningCheck } from './openings.ts'
import { orderShelf, type OrderShelf, type ShelvedOrder } from './order-shelf.ts'
import type { RecordingCheck } from './recordings.ts'
import { rosterHistory, type RosterHistory } from './roster-history.ts'
import { ruleOfEvent } from './rule-of-event.ts'
import type { SshdLog } from './sshd-log.ts'
import { checkRecovery, stopHistory, type StopHistory } from './stop-history.ts'
import type { TrustRoot } from './trust-root.ts'

/** Every entry through the same rules that the gateway asked when it wrote them. */
export interface Replay {
  entry(index: number, bytes: Uint8Array, frontier: Frontier): void
  /** The roster that the last entry left in force. */
  roster(): Roster | undefined
  /** What can only be said when all entries were seen. */
  end(size: number): void
}

export interface ReplayParts {
  readonly source: ExportSource
  readonly root: TrustRoot
  readonly crypto: Crypto
  readonly found: Findings
  readonly openings: OpeningCheck
  readonly recordings: RecordingCheck
  readonly sshd: SshdLog | undefined
}

interface State extends ReplayParts {
  readonly rosters: RosterHistory
  readonly stops: StopHistory
  readonly shelf: OrderShelf
  readonly heads: HeadsSeen
  /** Orders of which an entry was refused: what follows in them rests on it. */
  readonly broken: Set<OrderId>
  /** Runs that have no end yet, with the entries of their intents. */
  readonly open: Map<RunId, number>
  readonly reader: ReturnType<typeof statementReader>
}

const mostSecondsBack = 60

export function replay(parts: ReplayParts): Replay {
  const { source, root, crypto, found } = parts
  const state: State = {
    ...parts,
    rosters: rosterHistory(source, root, crypto, found),
    stops: stopHistory(crypto, found),
    shelf: orderShelf(),
    heads: headsSeen(crypto.sha256, found),
    broken: new Set(),
    open: new Map(),
    reader: statementReader(crypto),
  }
  let latest = 0

  return {
    entry(index, bytes, frontier) {
      const decoded = decodeEntry(bytes)
      found.checked('events-well-formed')
      if (!decoded.ok) return found.broken('events-well-formed', index, decoded.error)
      const event = decoded.value
      const seconds = secondsOf(event.at)
      found.checked('time-in-order')
      if (seconds < latest - mostSecondsBack) {
        found.broken('time-in-order', index, {
          code: 'time-goes-back',
          at: event.at,
          seconds: latest - seconds,
        })
      }
      latest = Math.max(latest, seconds)
      take(state, index, event, frontier)
    },
    roster: () => state.rosters.current(),
    end(size) {
      for (const entry of state.open.values()) {
        found.missing('runs-ended', { what: 'run-end', why: 'still-open', by: null, count: 1, entry })
      }
      state.heads.check(source, size)
      parts.openings.end()
      parts.recordings.end()
      parts.sshd?.end()
    },
  }
}

function take(state: State, index: number, event: Event, frontier: Frontier): void {
  switch (event.type) {
    case 'roster-adopted':
      state.rosters.adopt(index, event)
      state.sshd?.authorities(state.rosters.current()?.authorities ?? [])
      return
    case 'stop-ordered':
      return underRoster(state, index, 'stops-signed', (roster) => state.stops.order(index, event, roster))
    case 'stop-lifted':
      return underRoster(state, index, 'stops-signed', (roster) => state.stops.lift(index, event, roster))
    case 'recovered':
      return underRoster(state, index, 'recoveries-signed', (roster) =>
        checkRecovery(index, event, roster, frontier, state.crypto, state.found),
      )
    case 'enrolment-issued':
    case 'key-collected':
    case 'signed-in':
    case 'log-exported':
      return // these tell what happened; nothing is permitted by them
    default:
      // What is committed to stands in the log, whatever becomes of the entry.
      state.openings.see(index, event)
      if (event.type === 'run-ended') state.recordings.see(index, event)
      return underRoster(state, index, ruleOfEvent(event.type), (roster) =>
        takeOrderEvent(state, index, event, roster),
      )
  }
}

function underRoster(
  state: State,
  index: number,
  rule: Parameters<Findings['missing']>[0],
  check: (roster: Roster) => void,
): void {
  const roster = state.rosters.current()
  if (roster !== undefined) return check(roster)
  state.found.missing(rule, { what: 'roster', why: state.rosters.gap(), by: null, count: 1, entry: index })
}

function takeOrderEvent(state: State, index: number, event: OrderEvent, roster: Roster): void {
  const { found, shelf, crypto } = state
  const rule = ruleOfEvent(event.type)
  if (state.broken.has(event.order)) {
    return found.missing(rule, {
      what: 'entry',
      why: 'rests-on-a-broken-one',
      by: null,
      count: 1,
      entry: index,
    })
  }
  const before = shelf.get(event.order)
  const context = { at: event.at, roster, stops: state.stops.current(), crypto }
  const decided = decide(before?.order, event, context)
  found.checked(rule)
  if (!decided.ok) {
    state.broken.add(event.order)
    return found.broken(rule, index, { order: event.order, ...decided.error })
  }
  if (event.type === 'run-intended') checkPredecessor(found, index, event, before)
  const order = apply(before?.order, event, state.reader)
  const successes = withSuccess(before?.successes ?? [], index, event)
  shelf.put({ order, successes })
  alsoCheck(state, index, event)
}

/** The domain judges the order's own state; that the named entry holds it is ours to see. */
function checkPredecessor(
  found: Findings,
  index: number,
  { after }: EventOf<'run-intended'>,
  before: ShelvedOrder | undefined,
): void {
  if (after === null) return
  found.checked('predecessors-succeeded')
  const entry = before?.successes.find(([run]) => run === after.run)?.[1]
  if (entry === after.entry) return
  found.broken('predecessors-succeeded', index, {
    code: 'entry-says-something-else',
    named: after.entry,
    is: entry ?? null,
  })
}

function withSuccess(
  successes: ShelvedOrder['successes'],
  index: number,
  event: OrderEvent,
): ShelvedOrder['successes'] {
  return event.type === 'run-ended' && event.outcome.result === 'succeeded'
    ? [...successes, [event.run, index]]
    : successes
}

function alsoCheck(state: State, index: number, event: OrderEvent): void {
  switch (event.type) {
    case 'decision-recorded':
    case 'release-recorded':
      return state.heads.note(index, event.statement.text)
    case 'comprehension-recorded':
      return state.openings.answered(index, event, stepOf(state, event)?.analysis ?? '')
    case 'run-intended':
      state.open.set(event.run, index)
      return state.sshd?.intent(event, accountOf(state, event))
    case 'run-ended':
      state.found.checked('runs-ended')
      state.open.delete(event.run)
      return state.sshd?.ended(event)
    case 'erased':
      return erase(state, event.order, event.by)
    default:
      return
  }
}

function accountOf(state: State, event: EventOf<'run-intended'>): string {
  return stepOf(state, event)?.account ?? ''
}

function stepOf(state: State, { order, step }: Pick<EventOf<'run-intended'>, 'order' | 'step'>) {
  return state.shelf.get(order)?.order.steps[step - 1]
}

function erase(state: State, order: OrderId, by: PersonId): void {
  state.openings.erase(order, by)
  state.recordings.erase(order, by)
}
