import { toHex, utf8, type Crypto, type PersonId } from '@chaperone/encoding'
import {
  checkStatement,
  officersNeeded,
  type EventOf,
  type Roster,
  type SignedStatement,
  type Statement,
  type Stop,
} from '@chaperone/domain'
import type { Frontier } from '@chaperone/tlog'
import type { Findings, Why } from './findings.ts'

/** The stops in force, entry by entry. */
export interface StopHistory {
  current(): readonly Stop[]
  order(index: number, event: EventOf<'stop-ordered'>, roster: Roster): void
  lift(index: number, event: EventOf<'stop-lifted'>, roster: Roster): void
}

export function stopHistory(crypto: Crypto, found: Findings): StopHistory {
  let stops: readonly Stop[] = []
  return {
    current: () => stops,
    order(index, event, roster) {
      found.checked('stops-signed')
      const checked = checkStatement(event.statement, roster, event.at, crypto)
      if (!checked.ok) return found.broken('stops-signed', index, checked.error)
      const { statement } = checked.value
      const digest = toHex(crypto.sha256(utf8(event.statement.text)))
      if (statement.kind !== 'stop' || digest !== event.stop) {
        return found.broken('stops-signed', index, { code: 'statement-not-for-this', stop: event.stop })
      }
      const { scope, value, expires } = statement
      stops = [...stops, { stop: digest, scope, value, expires }]
    },
    lift(index, event, roster) {
      found.checked('stops-signed')
      const isLift = (statement: Statement) => statement.kind === 'lift' && statement.stop === event.stop
      const why = unlessTwoOfficers(event.statements, isLift, roster, event.at, crypto)
      if (why !== undefined) return found.broken('stops-signed', index, why)
      if (!stops.some((stop) => stop.stop === event.stop)) {
        return found.broken('stops-signed', index, { code: 'stop-unknown', stop: event.stop })
      }
      stops = stops.filter((stop) => stop.stop !== event.stop)
    },
  }
}

/** A log restored from a backup goes on only from the head that two officers accepted. */
export function checkRecovery(
  index: number,
  event: EventOf<'recovered'>,
  roster: Roster,
  frontier: Frontier,
  crypto: Crypto,
  found: Findings,
): void {
  found.checked('recoveries-signed')
  const logRoot = toHex(frontier.root())
  const isRecovery = (statement: Statement) =>
    statement.kind === 'recovery' &&
    statement.logSize === index &&
    statement.logRoot === logRoot &&
    statement.epoch === event.epoch
  const why = unlessTwoOfficers(event.statements, isRecovery, roster, event.at, crypto)
  if (why !== undefined) found.broken('recoveries-signed', index, why)
}

function unlessTwoOfficers(
  statements: readonly SignedStatement[],
  isRight: (statement: Statement) => boolean,
  roster: Roster,
  at: string,
  crypto: Crypto,
): Why | undefined {
  const officers = new Set<PersonId>()
  for (const signed of statements) {
    const checked = checkStatement(signed, roster, at, crypto)
    if (!checked.ok) return checked.error
    if (!isRight(checked.value.statement))
      return { code: 'statement-not-for-this', kind: checked.value.statement.kind }
    officers.add(checked.value.person)
  }
  return officers.size >= officersNeeded ? undefined : { code: 'adoption-needs-two', officers: [...officers] }
}
