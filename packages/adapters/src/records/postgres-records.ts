import { sql as sqlText, type Kysely } from 'kysely'
import { concat, fromHex, Fault, toHex, utf8 } from '@chaperone/encoding'
import { activeRun, type WorkOrder } from '@chaperone/domain'
import type { Opening, Records } from '@chaperone/usecases'
import type { OrderKeys } from './order-keys.ts'
import type { RecordSchema } from './schema.ts'
import { seal, unseal } from './seal.ts'
import { ticketOf } from './rows.ts'

/** `Records` on the statements of one ledger transaction. */
export function postgresRecords(sql: Kysely<RecordSchema>, keys: OrderKeys): Records {
  return {
    async holdInForce(hold) {
      // Asked for at once: two that held it shared could not both go on to change it.
      if (hold === 'to-change') await changeInForce(sql)
      else await sqlText`select pg_advisory_xact_lock_shared(${inForceLock})`.execute(sql)
      const [roster, stops] = [
        await sql
          .selectFrom('roster')
          .select(({ fn }) => fn.max('version').as('version'))
          .executeTakeFirst(),
        await sql.selectFrom('stop_order').select('stop').where('lifted', '=', false).execute(),
      ]
      return { roster: Number(roster?.version ?? 0), stops: stops.map((row) => row.stop) }
    },
    async lockOrder(order) {
      const row = await sql
        .selectFrom('work_order')
        .select('state')
        .where('order_id', '=', order)
        .forUpdate()
        .executeTakeFirst()
      return row?.state
    },
    async saveOrder(order) {
      const row = orderRow(order)
      await sql
        .insertInto('work_order')
        .values(row)
        .onConflict((conflict) => conflict.column('order_id').doUpdateSet(row))
        .execute()
      await saveHistory(sql, order)
    },
    async putOpening(opening) {
      const sealed = sealOpening(await keys.obtain(sql, opening.order), opening)
      const { commitment, order, kind } = opening
      await sql
        .insertInto('opening')
        .values({ commitment, order_id: order, kind, sealed })
        .onConflict((conflict) => conflict.column('commitment').doNothing())
        .execute()
    },
    async putChunk({ run, index, order, sealed, link }) {
      await sql
        .insertInto('recording_chunk')
        .values({ run, index, order_id: order, sealed, link })
        // Written again when it was not known whether the first time had taken effect.
        .onConflict((conflict) => conflict.columns(['run', 'index']).doNothing())
        .execute()
    },
    async putRoster(version, { bytes, adoptions }) {
      await changeInForce(sql)
      await sql
        .insertInto('roster')
        .values({ version, bytes, adoptions: JSON.stringify(adoptions) })
        .execute()
    },
    async putName(person, name) {
      await sql
        .insertInto('person_name')
        .values({ person, name })
        .onConflict((conflict) => conflict.column('person').doUpdateSet({ name }))
        .execute()
    },
    async putStop({ stop, scope, value, expires }, statement) {
      await changeInForce(sql)
      const row = await sql
        .insertInto('stop_order')
        .values({ stop, scope, value, expires, statement: JSON.stringify(statement), lifted: false })
        .onConflict((conflict) => conflict.column('stop').doNothing())
        .returning('stop')
        .executeTakeFirst()
      return row !== undefined
    },
    async liftStop(stop) {
      await changeInForce(sql)
      await sql.updateTable('stop_order').set({ lifted: true }).where('stop', '=', stop).execute()
    },
    async putEnrolment({ secret, person, expires, signInDone, decidingDone }) {
      const row = { secret, person, expires, sign_in_done: signInDone, deciding_done: decidingDone }
      await sql
        .insertInto('enrolment')
        .values(row)
        .onConflict((conflict) => conflict.column('secret').doUpdateSet(row))
        .execute()
    },
    async takeEnrolment(secret, use, now) {
      const done = use === 'sign-in' ? 'sign_in_done' : 'deciding_done'
      const row = await sql
        .updateTable('enrolment')
        .set({ [done]: true })
        .where('secret', '=', secret)
        .where('expires', '>', now)
        .where(done, '=', false)
        .returning('secret')
        .executeTakeFirst()
      return row !== undefined
    },
    async putSignInKey({ id, person, publicKey, counter }) {
      await sql.insertInto('sign_in_key').values({ id, person, public_key: publicKey, counter }).execute()
    },
    async putPendingKey({ key, person, blob, origin }) {
      await sql.insertInto('pending_key').values({ key, person, blob, origin }).execute()
    },
    async putSession(session) {
      await sql.insertInto('session').values(session).execute()
    },
    async putTicket({ secret, person, order, kind, statement, expires }) {
      await sql
        .insertInto('ticket')
        .values({ secret, person, order_id: order, kind, statement, expires })
        .execute()
    },
    async takeTicket(secret) {
      const row = await sql
        .deleteFrom('ticket')
        .where('secret', '=', secret)
        .returningAll()
        .executeTakeFirst()
      return row === undefined ? undefined : ticketOf(row)
    },
  }
}

/** Held shared by whoever decides by what is in force, alone by whoever changes it. */
const inForceLock = 7_283_411

async function changeInForce(sql: Kysely<RecordSchema>): Promise<void> {
  await sqlText`select pg_advisory_xact_lock(${inForceLock})`.execute(sql)
}

function orderRow(order: WorkOrder) {
  return {
    order_id: order.order,
    technician: order.technician,
    state: JSON.stringify(order),
    submitted_at: order.submittedAt,
    ended: order.ended !== null,
    running: activeRun(order) !== undefined,
    allowed: order.allowances.length > 0,
  }
}

async function saveHistory(sql: Kysely<RecordSchema>, order: WorkOrder): Promise<void> {
  const ended = order.runs.filter((run) => run.endedAt !== null)
  const last = ended.at(-1)
  if (last === undefined || last.endedAt === null || last.outcome === null) return
  const { run, target, step, endedAt: at, outcome } = last
  await sql
    .insertInto('target_history')
    .values({ run, target, order_id: order.order, step, at, result: outcome.result })
    .onConflict((conflict) => conflict.column('run').doNothing())
    .execute()
}

function sealOpening(key: Uint8Array, opening: Opening): Uint8Array {
  const salt = fromHex(opening.salt)
  if (salt?.length !== 32) throw new Fault('salt-malformed', 'a salt has 32 bytes')
  return seal(key, concat(salt, opening.value), utf8(`${opening.kind} ${opening.commitment}`))
}

export function unsealOpening(
  key: Uint8Array,
  row: {
    readonly commitment: string
    readonly order_id: string
    readonly kind: string
    readonly sealed: Uint8Array
  },
): Opening {
  const plain = unseal(key, row.sealed, utf8(`${row.kind} ${row.commitment}`))
  return {
    commitment: row.commitment,
    order: row.order_id,
    kind: row.kind,
    salt: toHex(plain.subarray(0, 32)),
    value: plain.subarray(32),
  }
}
