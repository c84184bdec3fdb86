import type { Lease } from '@chaperone/usecases'
import { asFault } from '../database/failure.ts'
import type { Queryable } from './log-tables.ts'

const take = {
  name: 'ledger-lease-take',
  text: `insert into lease (name, holder, token, expires_at)
    values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
    on conflict (name) do update
      set holder = excluded.holder, token = lease.token + 1, expires_at = excluded.expires_at
      where lease.expires_at <= clock_timestamp()
    returning token`,
}
// One that ran out is not taken up again, even when nobody came: what it protected had to stop.
const renew = {
  name: 'ledger-lease-renew',
  text: `update lease set expires_at = clock_timestamp() + make_interval(secs => $3)
    where name = $1 and token = $2 and expires_at > clock_timestamp()`,
}
// The row stays: tokens must grow.
const release = {
  name: 'ledger-lease-release',
  text: `update lease set expires_at = '-infinity' where name = $1 and token = $2`,
}

/** Takes a lease by the database's clock; `undefined` while somebody has it. */
export async function takeLease(
  db: Queryable,
  name: string,
  holder: string,
  seconds: number,
): Promise<Lease | undefined> {
  const asked = performance.now()
  const { rows } = await answered(db.query<{ token: number }>({ ...take, values: [name, holder, seconds] }))
  const token = rows[0]?.token
  return token === undefined ? undefined : lease(db, name, token, seconds, asked)
}

function lease(db: Queryable, name: string, token: number, seconds: number, taken: number): Lease {
  let end = taken + seconds * 1000
  return {
    token,
    remaining: () => end - performance.now(),
    async renew() {
      const asked = performance.now()
      const { rowCount } = await answered(db.query({ ...renew, values: [name, token, seconds] }))
      end = rowCount === 1 ? asked + seconds * 1000 : asked
      return rowCount === 1
    },
    async release() {
      end = performance.now()
      await answered(db.query({ ...release, values: [name, token] }))
    },
  }
}

async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (failure) {
    throw asFault(failure, true)
  }
}
