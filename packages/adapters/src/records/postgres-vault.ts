import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import type { Kysely } from 'kysely'
import { utf8, type OrderId } from '@chaperone/encoding'
import type { Vault } from '@chaperone/usecases'
import type { OrderKeys } from './order-keys.ts'
import type { RecordSchema } from './schema.ts'
import { seal, unseal } from './seal.ts'
import { withFaults } from './with-faults.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** A chunk decompresses to little more than the 256 KiB it was made of plus one frame; more is not ours. */
const largestChunk = 32 * 1024 * 1024

/** `Vault` with the orders' keys from the database. Keys are kept for as long as this process runs a step of theirs. */
export function postgresVault(sql: Kysely<RecordSchema>, keys: OrderKeys): Vault {
  const about = (run: string, index: number) => utf8(`recording ${run} ${index}`)
  const recent = new Map<OrderId, Promise<Uint8Array>>()

  async function keyFor(order: OrderId): Promise<Uint8Array> {
    const known = recent.get(order)
    if (known !== undefined) return known
    const key = keys.obtain(sql, order)
    if (recent.size > 256) recent.clear()
    recent.set(order, key)
    key.catch(() => recent.delete(order))
    return key
  }

  return withFaults<Vault>({
    async seal(order, run, index, frames) {
      return seal(await keyFor(order), await compress(frames), about(run, index))
    },
    async open(order, run, index, sealed) {
      const key = await keys.find(sql, order)
      if (key === undefined) return undefined
      return decompress(unseal(key, sealed, about(run, index)), { maxOutputLength: largestChunk })
    },
  })
}
