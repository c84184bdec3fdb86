import {
  err,
  ok,
  toHex,
  utf8,
  type Digest,
  type OrderId,
  type PersonId,
  type Result,
  type RunId,
} from '@chaperone/encoding'
import {
  activeRun,
  adoptRoster,
  checkStatement,
  encodeEvent,
  involvedIn,
  officersNeeded,
  rosterDigest,
  stopHitting,
  type AdoptionRefusal,
  type Roster,
  type SignedRoster,
  type SignedStatement,
  type SignerRefusal,
  type Stop,
} from '@chaperone/domain'
import { killRun } from './interrupt.ts'
import type { Office } from './office.ts'
import { contextNow } from './organisation.ts'

/** Brings the next roster into force: both the record and the log have it, the signer is offered it by the feeder. */
export async function takeRoster(
  office: Office,
  signed: SignedRoster,
  names: Readonly<Record<PersonId, string>>,
): Promise<Result<Roster, AdoptionRefusal>> {
  const latest = await office.reader.latestRoster()
  const current = latest === undefined ? undefined : (await contextNow(office)).roster
  const currentDigest = latest === undefined ? '' : rosterDigest(latest.roster.bytes, office.crypto.sha256)
  const at = office.clock.now()
  const adopted = adoptRoster(signed, current, currentDigest, at, office.crypto)
  if (!adopted.ok) return adopted
  const { version } = adopted.value
  await office.ledger.transact(async (tx) => {
    await tx.sql.putRoster(version, signed)
    for (const [person, name] of Object.entries(names)) await tx.sql.putName(person, name)
    const digest = rosterDigest(signed.bytes, office.crypto.sha256)
    tx.append(
      encodeEvent({ v: 1, type: 'roster-adopted', at, version, digest, adoptions: [...signed.adoptions] }),
    )
  })
  return adopted
}

export type StopRefusal = SignerRefusal | { readonly code: 'statement-not-for-this'; readonly field: string }

/** Latches one officer's stop and kills what it hits: here at once by `kill`, elsewhere by the log. */
export async function takeStop(
  office: Office,
  signed: SignedStatement,
  kill: (run: RunId) => void,
): Promise<Result<{ readonly stop: Stop; readonly hit: readonly RunId[] }, StopRefusal>> {
  const context = await contextNow(office)
  const checked = checkStatement(signed, context.roster, context.at, context.crypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if (statement.kind !== 'stop') return err({ code: 'statement-not-for-this', field: 'kind' })
  const { scope, value, expires } = statement
  const stop: Stop = { stop: toHex(office.crypto.sha256(utf8(signed.text))), scope, value, expires }
  await office.ledger.transact(async (tx) => {
    await tx.sql.putStop(stop, signed)
    tx.append(encodeEvent({ v: 1, type: 'stop-ordered', at: context.at, stop: stop.stop, statement: signed }))
  })
  const hit = await hitByStops(office)
  for (const { run } of hit) kill(run)
  for (const { order, run } of hit) await killRun(office, order, run, statement.officer, kill)
  return ok({ stop, hit: hit.map(({ run }) => run) })
}

/** The runs that a stop in force hits, whichever process holds them. */
export async function hitByStops(
  office: Office,
): Promise<readonly { readonly order: OrderId; readonly run: RunId }[]> {
  const [{ roster, stops, at }, orders] = await Promise.all([contextNow(office), office.reader.running()])
  return orders.flatMap((order) => {
    const people = [order.technician, ...order.allowances.map((allowance) => allowance.escort)]
    const run = activeRun(order)
    if (run === undefined) return []
    const stop = stopHitting(stops, involvedIn(order.steps, people, roster), at)
    return stop === undefined ? [] : [{ order: order.order, run: run.run }]
  })
}

export type LiftRefusal =
  | StopRefusal
  | { readonly code: 'stop-unknown' }
  | { readonly code: 'adoption-needs-two'; readonly officers: readonly PersonId[] }

/** Lifts a stop with the statements of two officers. */
export async function liftStop(
  office: Office,
  stop: Digest,
  statements: readonly SignedStatement[],
): Promise<Result<void, LiftRefusal>> {
  const context = await contextNow(office)
  if (!context.stops.some((candidate) => candidate.stop === stop)) return err({ code: 'stop-unknown' })
  const officers = new Set<PersonId>()
  for (const signed of statements) {
    const checked = checkStatement(signed, context.roster, context.at, context.crypto)
    if (!checked.ok) return checked
    const { statement, person } = checked.value
    if (statement.kind !== 'lift' || statement.stop !== stop)
      return err({ code: 'statement-not-for-this', field: 'stop' })
    officers.add(person)
  }
  if (officers.size < officersNeeded) return err({ code: 'adoption-needs-two', officers: [...officers] })
  await office.ledger.transact(async (tx) => {
    await tx.sql.liftStop(stop)
    tx.append(encodeEvent({ v: 1, type: 'stop-lifted', at: context.at, stop, statements: [...statements] }))
  })
  return ok(undefined)
}
