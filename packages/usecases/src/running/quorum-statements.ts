import { Fault, parseCanonicalJson } from '@chaperone/encoding'
import { allowancesFor, type SignedStatement, type WorkOrder } from '@chaperone/domain'
import type { RecordReader } from '../records.ts'

/** The signed statements that allow this attempt, as they were taken in; the signer judges them again. */
export async function quorumStatements(
  reader: RecordReader,
  order: WorkOrder,
  step: number,
  attempt: number,
): Promise<readonly SignedStatement[]> {
  return Promise.all(
    allowancesFor(order, step, attempt).map(async (allowance) => {
      const opening = await reader.opening(allowance.statement)
      const json = opening === undefined ? undefined : parseCanonicalJson(opening.value)
      if (json?.ok !== true) throw new Fault('opening-missing', 'a recorded statement is not in the store')
      return json.value as unknown as SignedStatement // as completeSigning stored it
    }),
  )
}
