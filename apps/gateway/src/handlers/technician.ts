import { fromBase64 } from '@chaperone/encoding'
import {
  contextNow,
  answerQuestion,
  newOrderId,
  nameIn,
  readRelease,
  requestOutput,
  submitOrder,
  withdrawOrder,
  type OrderRequest,
  type StepRequest,
} from '@chaperone/usecases'
import type { z } from 'zod'
import type { submission } from '@chaperone/contract'
import type { WorkOrder } from '@chaperone/domain'
import type { Gateway } from '../gateway.ts'
import { Refused, valueOr } from '../http/problem.ts'
import type { Caller } from '../http/access.ts'
import type { Limits } from '../http/limits.ts'
import type { Handlers } from '../http/register-routes.ts'
import { withoutQuestions } from '../views/analysis-view.ts'
import { technicianSummaryOf, technicianView } from '../views/technician-view.ts'

type Names =
  | 'me'
  | 'analyse'
  | 'submitOrder'
  | 'myOrders'
  | 'myOrder'
  | 'reviseOrder'
  | 'withdrawOrder'
  | 'answerQuestion'
  | 'requestOutput'
  | 'readRelease'

export function technicianHandlers({ office, config }: Gateway, limits: Limits): Pick<Handlers, Names> {
  const view = async (order: WorkOrder) => technicianView(office.reader, order, await contextNow(office))

  /** Somebody else's order and none at all are one answer. */
  async function own(caller: Caller, id: string): Promise<WorkOrder> {
    const order = await office.reader.order(id)
    if (order === undefined || order.technician !== caller.person) throw new Refused('order-unknown')
    return order
  }

  return {
    async me({ caller }) {
      const [{ roster, at }, names] = await Promise.all([contextNow(office), office.reader.names()])
      return {
        person: caller.person,
        name: nameIn(names, caller.person),
        roles: [...caller.roles],
        organisation: config.organisation,
        banner: config.banner,
        deskOrigin: config.desk.origin,
        now: at,
        targets: roster.targets.map(({ target, regime, accounts, interpreters, maxSeconds }) => ({
          target,
          regime,
          accounts,
          interpreters,
          maxSeconds,
        })),
      }
    },
    async analyse({ body, request }) {
      await limits.countAnalysis(request)
      const analyses = await office.analyst.analyse(body.steps.map(decodeContent), body.effects)
      return { analyses: analyses.map(withoutQuestions) }
    },
    async submitOrder({ caller, body }) {
      const done = valueOr(
        await submitOrder(office, newOrderId(office), caller.person, identityOf(caller), decode(body)),
      )
      return view(done.order)
    },
    async myOrders({ caller, query }) {
      const { limit, offset } = query
      const [context, orders] = await Promise.all([
        contextNow(office),
        office.reader.ordersOf(caller.person, limit, offset),
      ])
      return Promise.all(orders.map((order) => technicianSummaryOf(office.reader, order, context)))
    },
    async myOrder({ caller, params }) {
      return view(await own(caller, params.order))
    },
    async reviseOrder({ caller, params, body }) {
      await own(caller, params.order)
      return view(
        valueOr(await submitOrder(office, params.order, caller.person, identityOf(caller), decode(body)))
          .order,
      )
    },
    async withdrawOrder({ caller, params, body }) {
      await own(caller, params.order)
      const { version, statement } = body
      const done = await withdrawOrder(office, params.order, caller.person, version, statement)
      return view(valueOr(done).order)
    },
    async answerQuestion({ caller, params, body }) {
      await own(caller, params.order)
      return view(
        valueOr(await answerQuestion(office, params.order, caller.person, params.question, body.text)).order,
      )
    },
    async requestOutput({ caller, params, body }) {
      await own(caller, params.order)
      const { version, step, wish } = body
      return view(
        valueOr(await requestOutput(office, params.order, caller.person, version, step, wish)).order,
      )
    },
    async readRelease({ caller, params, body }) {
      return valueOr(await readRelease(office, params.order, caller.person, params.release, body.run))
    },
  }
}

function identityOf(caller: Caller): 'session' | 'signature' {
  return caller.session.kind === 'browser' ? 'session' : 'signature'
}

type Received = z.output<typeof submission>
type Content = Pick<Received['steps'][number], 'bytes' | 'files'>

function decode(body: Received): OrderRequest {
  const { steps, rollback, ...texts } = body
  return { ...texts, steps: steps.map(decodeStep), rollback: rollback.map(decodeStep) }
}

function decodeStep(step: Received['steps'][number]): StepRequest {
  return { ...step, ...decodeContent(step) }
}

function decodeContent<T extends Content>(step: T) {
  return {
    ...step,
    bytes: bytesOf(step.bytes),
    files: step.files.map((file) => ({ ...file, content: bytesOf(file.content) })),
  }
}

function bytesOf(base64: string): Uint8Array {
  const bytes = fromBase64(base64)
  if (bytes === undefined) throw new Refused('request-malformed', { at: 'base64' })
  return bytes
}
