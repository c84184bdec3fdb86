import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import { Fault, utf8, type OrderId } from '@chaperone/encoding'
import type { RecordSchema } from './schema.ts'
import { seal, unseal } from './seal.ts'

/** Each order has a data key, wrapped under the installation's key; destroying it erases the order's content. */
export interface OrderKeys {
  /** The order's key, made on first use. */
  obtain(sql: Kysely<RecordSchema>, order: OrderId): Promise<Uint8Array>
  /** `undefined` once erased. */
  find(sql: Kysely<RecordSchema>, order: OrderId): Promise<Uint8Array | undefined>
}

/** `master`: 32 bytes, from a file outside the database. */
export function orderKeys(master: Uint8Array): OrderKeys {
  if (master.length !== 32) throw new Fault('key-unusable', 'the installation key has 32 bytes')
  async function find(sql: Kysely<RecordSchema>, order: OrderId): Promise<Uint8Array | undefined> {
    const row = await sql
      .selectFrom('order_key')
      .select('wrapped')
      .where('order_id', '=', order)
      .executeTakeFirst()
    return row?.wrapped === undefined || row.wrapped === null
      ? undefined
      : unseal(master, row.wrapped, utf8(order))
  }
  return {
    find,
    async obtain(sql, order) {
      const wrapped = seal(master, randomBytes(32), utf8(order))
      await sql
        .insertInto('order_key')
        .values({ order_id: order, wrapped })
        .onConflict((conflict) => conflict.column('order_id').doNothing())
        .execute()
      const key = await find(sql, order)
      if (key === undefined) throw new Fault('order-erased', 'the content of this order was erased')
      return key
    },
  }
}
