import type { Kysely } from 'kysely'
import type { Ephemera } from '@chaperone/usecases'
import type { RecordSchema } from './schema.ts'
import { withFaults } from './with-faults.ts'

export function postgresEphemera(sql: Kysely<RecordSchema>): Ephemera {
  return withFaults<Ephemera>({
    async putChallenge(challenge, purpose, expires) {
      await sql.insertInto('challenge').values({ challenge, purpose, expires }).execute()
    },
    async takeChallenge(challenge, purpose, now) {
      const row = await sql
        .deleteFrom('challenge')
        .where('challenge', '=', challenge)
        .returningAll()
        .executeTakeFirst()
      return row !== undefined && row.purpose === purpose && now < row.expires
    },
    async touchSession(secret, seen) {
      await sql.updateTable('session').set({ seen }).where('secret', '=', secret).execute()
    },
    async endSession(secret) {
      await sql.deleteFrom('session').where('secret', '=', secret).execute()
    },
    async countSignInKey(id, counter) {
      await sql.updateTable('sign_in_key').set({ counter }).where('id', '=', id).execute()
    },
    async forget(now) {
      for (const table of ['session', 'ticket', 'challenge', 'enrolment'] as const) {
        await sql.deleteFrom(table).where('expires', '<', now).execute()
      }
    },
  })
}
