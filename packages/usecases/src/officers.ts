import {
  err,
  Fault,
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
  type Context,
  type Roster,
  type SignedRoster,
  type SignedStatement,
  type SignerRefusal,
  type Stop,
} from '@chaperone/domain'
import { killRun } from './interrupt.ts'
import type { Office } from './office.ts'
import type { LedgerTransaction } from './ledger.ts'
import { contextNow } from './organisation.ts'
import type { Records } from './records.ts'
import { whileInForce } from './while-in-force.ts'

/** Brings the next roster into force: both the record and the log have it, the signer is offered it by the feeder. */
export async function takeRoster(
  office: Office,
  signed: SignedRoster,
  names: Readonly<Record<PersonId, string>>,
): Promise<Result<Roster, AdoptionRefusal>> {
  const latest = await office.reader.latestRoster()
  const done =
    latest === undefined
      ? await office.ledger.transact(async (tx) => {
          const held = await tx.sql.holdInForce('to-change')
          mustBe(held.roster === 0)
          return adopt(office, signed, names, undefined, tx)
        })
      : await whileInForce(office, 'to-change', ({ roster }, tx) => {
          mustBe(roster.version === latest.version)
          const digest = rosterDigest(latest.roster.bytes, office.crypto.sha256)
          return adopt(office, signed, names, { roster, digest }, tx)
        })
  return done.value
}

/** The roster that the new one was compared with is still the one in force. */
function mustBe(unchanged: boolean): void {
  if (!unchanged) throw new Fault('store-conflict', 'another roster came into force', { retryable: true })
}

async function adopt(
  office: Office,
  signed: SignedRoster,
  names: Readonly<Record<PersonId, string>>,
  current: { readonly roster: Roster; readonly digest: Digest } | undefined,
  tx: LedgerTransaction<Records>,
): Promise<Result<Roster, AdoptionRefusal>> {
  const at = office.clock.now()
  const adopted = adoptRoster(signed, current?.roster, current?.digest ?? '', at, office.crypto)
  if (!adopted.ok) return adopted
  const { version } = adopted.value
  await tx.sql.putRoster(version, signed)
  for (const [person, name] of Object.entries(names)) await tx.sql.putName(person, name)
  const digest = rosterDigest(signed.bytes, office.crypto.sha256)
  tx.append(
    encodeEvent({ v: 1, type: 'roster-adopted', at, version, digest, adoptions: [...signed.adoptions] }),
  )
  return adopted
}

export type StopRefusal =
  | SignerRefusal
  | { readonly code: 'statement-not-for-this'; readonly field: string }
  /** The same statement was latched before: a stop does not come back by being handed in again. */
  | { readonly code: 'stop-lifted' }

/** Latches one officer's stop and kills what it hits: here at once by `kill`, elsewhere by the log. */
export async function takeStop(
  office: Office,
  signed: SignedStatement,
  kill: (run: RunId) => void,
): Promise<Result<{ readonly stop: Stop; readonly hit: readonly RunId[] }, StopRefusal>> {
  const latched = await whileInForce(office, 'to-change', (context, tx) => latch(signed, context, tx))
  if (!latched.value.ok) return latched.value
  const { stop, officer } = latched.value.value
  const hit = await hitByStops(office)
  for (const { run } of hit) kill(run)
  for (const { order, run } of hit) await killRun(office, order, run, officer, kill)
  return ok({ stop, hit: hit.map(({ run }) => run) })
}

async function latch(
  signed: SignedStatement,
  { roster, stops, at, crypto }: Context,
  tx: LedgerTransaction<Records>,
): Promise<Result<{ readonly stop: Stop; readonly officer: PersonId }, StopRefusal>> {
  const checked = checkStatement(signed, roster, at, crypto)
  if (!checked.ok) return checked
  const { statement } = checked.value
  if (statement.kind !== 'stop') return err({ code: 'statement-not-for-this', field: 'kind' })
  const { scope, value, expires, officer } = statement
  const stop: Stop = { stop: toHex(crypto.sha256(utf8(signed.text))), scope, value, expires }
  if (await tx.sql.putStop(stop, signed)) {
    tx.append(encodeEvent({ v: 1, type: 'stop-ordered', at, stop: stop.stop, statement: signed }))
  } else if (!stops.some((standing) => standing.stop === stop.stop)) return err({ code: 'stop-lifted' })
  return ok({ stop, officer })
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
  const done = await whileInForce(office, 'to-change', async (context, tx) => {
    const refusal = liftRefusal(stop, statements, context)
    if (refusal !== undefined) return err(refusal)
    await tx.sql.liftStop(stop)
    tx.append(encodeEvent({ v: 1, type: 'stop-lifted', at: context.at, stop, statements: [...statements] }))
    return ok(undefined)
  })
  return done.value
}

function liftRefusal(
  stop: Digest,
  statements: readonly SignedStatement[],
  context: Context,
): LiftRefusal | undefined {
  if (!context.stops.some((candidate) => candidate.stop === stop)) return { code: 'stop-unknown' }
  const officers = new Set<PersonId>()
  for (const signed of statements) {
    const checked = checkStatement(signed, context.roster, context.at, context.crypto)
    if (!checked.ok) return checked.error
    const { statement, person } = checked.value
    if (statement.kind !== 'lift' || statement.stop !== stop)
      return { code: 'statement-not-for-this', field: 'stop' }
    officers.add(person)
  }
  return officers.size < officersNeeded ? { code: 'adoption-needs-two', officers: [...officers] } : undefined
}
