import {
  canonicalBytes,
  commit,
  ok,
  toHex,
  type OrderId,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import type { DeclineWord, Refusal } from '@chaperone/domain'
import { changeOrder, type Changed } from './change-order.ts'
import type { Office } from './office.ts'
import type { Opening } from './records.ts'

/** What a technician asks to see of a step's captured output. It is never matched against the output on their behalf. */
export type OutputWish =
  | { readonly about: 'lines'; readonly from: number; readonly to: number }
  | { readonly about: 'containing'; readonly text: string }
  | { readonly about: 'words'; readonly text: string }

type Outcome = Promise<Result<Changed, Refusal>>

/** Asks for output. The same is recorded and answered whatever was captured (invariant 3). */
export function requestOutput(
  office: Office,
  order: OrderId,
  technician: PersonId,
  version: number,
  step: number,
  wish: OutputWish,
): Outcome {
  const opening = wishOpening(office, order, wish)
  return changeOrder<Refusal>(
    office,
    order,
    (before, { at }) => {
      const request = (before?.requests.length ?? 0) + 1
      const text = opening.commitment
      return ok([{ v: 1, type: 'output-requested', at, order, version, step, request, technician, text }])
    },
    (records) => records.putOpening(opening),
  )
}

/** Declines, with a word from a fixed list: it is shown to the technician. */
export function declineOutput(
  office: Office,
  order: OrderId,
  escort: PersonId,
  request: number,
  word: DeclineWord,
): Outcome {
  return changeOrder<Refusal>(office, order, (_, { at }) =>
    ok([{ v: 1, type: 'output-declined', at, order, request, escort, word }]),
  )
}

function wishOpening(office: Office, order: OrderId, wish: OutputWish): Opening {
  const salt = office.random(32)
  const value = canonicalBytes({ ...wish })
  const commitment = toHex(commit('output-request', salt, value, office.crypto.sha256))
  return { commitment, order, kind: 'output-request', salt: toHex(salt), value }
}
