import {
  err,
  instantOf,
  ok,
  secondsOf,
  toHex,
  utf8,
  commit,
  type OrderId,
  type PersonId,
  type Result,
} from '@chaperone/encoding'
import { unfitEscort, type Refusal, type SignedStatement } from '@chaperone/domain'
import { changeOrder, type Changed } from './change-order.ts'
import type { Office } from './office.ts'
import type { Opening } from './records.ts'
import { recipientFacts } from './recipient-facts.ts'

type Outcome = Promise<Result<Changed, Refusal>>

const claimSeconds = 60 * 60

export function claimOrder(office: Office, order: OrderId, escort: PersonId, version: number): Outcome {
  return changeOrder<Refusal>(office, order, (_, { at }) =>
    ok([
      {
        v: 1,
        type: 'order-claimed',
        at,
        order,
        version,
        escort,
        until: instantOf(secondsOf(at) + claimSeconds),
      },
    ]),
  )
}

/** Gives a claim back, or to a colleague by name. The note is between escorts: the technician never sees it. */
export function returnOrder(
  office: Office,
  order: OrderId,
  escort: PersonId,
  to: PersonId | null,
  note: string,
): Outcome {
  const opening = note === '' ? undefined : textOpening(office, order, 'note', note)
  return changeOrder<Refusal>(
    office,
    order,
    (_, { at }) =>
      ok([{ v: 1, type: 'claim-returned', at, order, escort, to, note: opening?.commitment ?? null }]),
    async (records) => {
      if (opening !== undefined) await records.putOpening(opening)
    },
  )
}

/**
 * Asks the technician. A question tells them something, so it is a disclosure under the adopted rule that escorts'
 * questions are disclosed as written (invariant 3).
 */
export function askQuestion(
  office: Office,
  order: OrderId,
  escort: PersonId,
  version: number,
  step: number,
  text: string,
): Outcome {
  const opening = textOpening(office, order, 'question', text)
  const facts: { opening?: Opening } = {}
  return changeOrder<Refusal>(
    office,
    order,
    (before, { at, roster }) => {
      if (before === undefined) return err({ code: 'order-unknown' })
      facts.opening = recipientFacts(office, order, before.technician, roster, at)
      const question = before.questions.length + 1
      return ok([
        {
          v: 1,
          type: 'question-asked',
          at,
          order,
          version,
          step,
          question,
          escort,
          text: opening.commitment,
        },
        {
          v: 1,
          type: 'disclosure-recorded',
          at,
          order,
          recipient: before.technician,
          recipientFacts: facts.opening.commitment,
          content: opening.commitment,
          length: opening.value.length,
          basis: 'rule-escort-question',
          run: null,
        },
      ])
    },
    async (records) => {
      await records.putOpening(opening)
      if (facts.opening !== undefined) await records.putOpening(facts.opening)
    },
  )
}

export function answerQuestion(
  office: Office,
  order: OrderId,
  technician: PersonId,
  question: number,
  text: string,
): Outcome {
  const opening = textOpening(office, order, 'answer', text)
  return changeOrder<Refusal>(
    office,
    order,
    (_, { at }) =>
      ok([{ v: 1, type: 'question-answered', at, order, question, technician, text: opening.commitment }]),
    (records) => records.putOpening(opening),
  )
}

/** Withdraws by session, and where a statement comes with it by signature: the domain judges both. */
export function withdrawOrder(
  office: Office,
  order: OrderId,
  technician: PersonId,
  version: number,
  statement?: SignedStatement,
): Outcome {
  return changeOrder<Refusal>(office, order, (_, { at }) => {
    const withdrawn = { v: 1, type: 'order-withdrawn', at, order, version, technician } as const
    const signed = { v: 1, type: 'action-signed', at, order } as const
    return ok(statement === undefined ? [withdrawn] : [withdrawn, { ...signed, statement }])
  })
}

/**
 * Forbids on the escort's click, before any signature: the order is frozen, so that nothing of it starts any more. The
 * forbid statement follows and ends it. Whoever could judge the order may, claim or not, stop or not.
 */
export function holdOrder(office: Office, order: OrderId, escort: PersonId, version: number): Outcome {
  return changeOrder<Refusal>(office, order, (before, context) => {
    const { at } = context
    if (before === undefined) return err({ code: 'order-unknown' })
    if (before.ended !== null) return err({ code: 'order-ended', ended: before.ended })
    const unfit = unfitEscort(before, escort, context)
    if (unfit !== undefined) return err(unfit)
    return ok([{ v: 1, type: 'order-frozen', at, order, version, person: escort }])
  })
}

/** A text as a salted commitment with what opens it. */
export function textOpening(office: Office, order: OrderId, kind: string, text: string): Opening {
  const salt = office.random(32)
  const value = utf8(text)
  return {
    commitment: toHex(commit(kind, salt, value, office.crypto.sha256)),
    order,
    kind,
    salt: toHex(salt),
    value,
  }
}
