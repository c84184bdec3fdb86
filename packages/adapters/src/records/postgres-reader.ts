import type { Kysely } from 'kysely'
import type { Opening, RecordReader } from '@chaperone/usecases'
import type { OrderKeys } from './order-keys.ts'
import { unsealOpening } from './postgres-records.ts'
import { enrolmentOf, sessionOf, signInKeyOf, stopOf, ticketOf } from './rows.ts'
import type { RecordSchema } from './schema.ts'
import { withFaults } from './with-faults.ts'

/** `RecordReader` on a pool. */
export function postgresReader(sql: Kysely<RecordSchema>, keys: OrderKeys): RecordReader {
  const orders = () => sql.selectFrom('work_order').select('state')
  const rosters = () => sql.selectFrom('roster').selectAll()
  return withFaults<RecordReader>({
    async order(order) {
      return (await orders().where('order_id', '=', order).executeTakeFirst())?.state
    },
    async ordersOf(technician, limit, offset) {
      const rows = await orders()
        .where('technician', '=', technician)
        .orderBy('submitted_at', 'desc')
        .orderBy('order_id')
        .limit(limit)
        .offset(offset)
        .execute()
      return rows.map((row) => row.state)
    },
    async orders(open) {
      const all = orders().orderBy('submitted_at', 'desc').limit(1000)
      const rows = await (open ? all.where('ended', '=', false) : all).execute()
      return rows.map((row) => row.state)
    },
    async running() {
      return (await orders().where('running', '=', true).execute()).map((row) => row.state)
    },
    async allowed() {
      return (
        await orders()
          .where('allowed', '=', true)
          .where('running', '=', false)
          .where('ended', '=', false)
          .execute()
      ).map((row) => row.state)
    },
    async history(target, limit) {
      const rows = await sql
        .selectFrom('target_history')
        .selectAll()
        .where('target', '=', target)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ order: row.order_id, step: row.step, at: row.at, result: row.result }))
    },
    async opening(commitment) {
      const row = await sql
        .selectFrom('opening')
        .selectAll()
        .where('commitment', '=', commitment)
        .executeTakeFirst()
      const key = row === undefined ? undefined : await keys.find(sql, row.order_id)
      return row === undefined || key === undefined ? undefined : unsealOpening(key, row)
    },
    async openings(order) {
      const key = await keys.find(sql, order)
      if (key === undefined) return []
      const rows = await sql.selectFrom('opening').selectAll().where('order_id', '=', order).execute()
      return rows.map((row): Opening => unsealOpening(key, row))
    },
    async chunks(run) {
      const rows = await sql
        .selectFrom('recording_chunk')
        .selectAll()
        .where('run', '=', run)
        .orderBy('index')
        .execute()
      return rows.map((row) => ({
        order: row.order_id,
        run: row.run,
        index: row.index,
        sealed: row.sealed,
        link: row.link,
      }))
    },
    async roster(version) {
      return rosters().where('version', '=', version).executeTakeFirst()
    },
    async latestRoster() {
      const row = await rosters().orderBy('version', 'desc').limit(1).executeTakeFirst()
      return row === undefined ? undefined : { version: row.version, roster: row }
    },
    async rostersFrom(version) {
      const rows = await rosters().where('version', '>=', version).orderBy('version').limit(1000).execute()
      return rows.map((row) => ({ version: row.version, roster: row }))
    },
    async names() {
      const rows = await sql.selectFrom('person_name').selectAll().execute()
      return new Map(rows.map((row) => [row.person, row.name]))
    },
    async stops() {
      return (await sql.selectFrom('stop_order').selectAll().where('lifted', '=', false).execute()).map(
        stopOf,
      )
    },
    async stopStatement(stop) {
      return (
        await sql.selectFrom('stop_order').select('statement').where('stop', '=', stop).executeTakeFirst()
      )?.statement
    },
    async enrolment(secret) {
      const row = await sql
        .selectFrom('enrolment')
        .selectAll()
        .where('secret', '=', secret)
        .executeTakeFirst()
      return row === undefined ? undefined : enrolmentOf(row)
    },
    async signInKey(id) {
      const row = await sql.selectFrom('sign_in_key').selectAll().where('id', '=', id).executeTakeFirst()
      return row === undefined ? undefined : signInKeyOf(row)
    },
    async signInKeysOf(person) {
      return (await sql.selectFrom('sign_in_key').selectAll().where('person', '=', person).execute()).map(
        signInKeyOf,
      )
    },
    async pendingKeys() {
      const rows = await sql.selectFrom('pending_key').selectAll().execute()
      return rows.map((row) => ({ ...row, class: 'passkey' as const }))
    },
    async session(secret) {
      const row = await sql.selectFrom('session').selectAll().where('secret', '=', secret).executeTakeFirst()
      return row === undefined ? undefined : sessionOf(row)
    },
    async ticket(secret) {
      const row = await sql.selectFrom('ticket').selectAll().where('secret', '=', secret).executeTakeFirst()
      return row === undefined ? undefined : ticketOf(row)
    },
  })
}
