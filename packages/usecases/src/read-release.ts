import {
  err,
  fromUtf8,
  ok,
  type Digest,
  type Instant,
  type OrderId,
  type PersonId,
  type Result,
  type RunId,
} from '@chaperone/encoding'
import { findPerson, type Refusal } from '@chaperone/domain'
import { changeOrder } from './change-order.ts'
import type { Office } from './office.ts'

/** Reads released text; the disclosure is in the log before the text is handed out (O-4). */
export async function readRelease(
  office: Office,
  order: OrderId,
  technician: PersonId,
  release: Digest,
  run: RunId,
): Promise<Result<{ readonly text: string; readonly disclosedAt: Instant }, Refusal>> {
  const known = await office.reader.order(order)
  const signed = known?.releases.find((candidate) => candidate.statement === release)
  const line = signed?.lines.find((candidate) => candidate.run === run)
  const opening = line === undefined ? undefined : await office.reader.opening(line.content)
  const text = opening === undefined ? undefined : fromUtf8(opening.value)
  if (
    known === undefined ||
    signed === undefined ||
    line === undefined ||
    text === undefined ||
    known.technician !== technician
  ) {
    return err({ code: 'not-released' })
  }
  let disclosedAt = ''
  const done = await changeOrder<Refusal>(office, order, (_, { at, roster }) => {
    disclosedAt = at
    const person = findPerson(roster, technician)
    if (person === undefined || person.until <= at) return err({ code: 'technician-unknown', technician })
    const { content, length } = line
    return ok([
      {
        v: 1,
        type: 'disclosure-recorded',
        at,
        order,
        recipient: technician,
        recipientFacts: signed.recipientFacts,
        content,
        length,
        basis: 'release',
        run,
      },
    ])
  })
  return done.ok ? ok({ text, disclosedAt }) : done
}
