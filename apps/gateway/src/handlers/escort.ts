import { toBase64 } from '@chaperone/encoding'
import { findRun, type WorkOrder } from '@chaperone/domain'
import { decodeFrames, type Frame } from '@chaperone/recording'
import {
  askQuestion,
  claimOrder,
  contextNow,
  declineOutput,
  freezeOrder,
  holdOrder,
  killRun,
  recordComprehension,
  returnOrder,
} from '@chaperone/usecases'
import type { Output, Review } from '@chaperone/contract'
import type { Gateway } from '../gateway.ts'
import { Refused, valueOr } from '../http/problem.ts'
import type { Caller } from '../http/access.ts'
import type { Handlers } from '../http/register-routes.ts'
import { maySee, visibleOrder } from '../http/visible-order.ts'
import { reviewOf, summaryOf } from '../views/review-view.ts'

type Names =
  | 'inbox'
  | 'review'
  | 'claimOrder'
  | 'returnOrder'
  | 'askQuestion'
  | 'declineOutput'
  | 'recordComprehension'
  | 'forbid'
  | 'kill'
  | 'freeze'
  | 'output'

const mostOutput = 1024 * 1024

export function escortHandlers({ office, runner, vault, metrics }: Gateway): Pick<Handlers, Names> {
  const kill = (run: string) => {
    metrics.kills.inc()
    runner.kill(run)
  }

  async function view(order: WorkOrder, caller: Caller): Promise<Review> {
    const [context, names] = await Promise.all([contextNow(office), office.reader.names()])
    return reviewOf(office.reader, order, caller.person, context, names, (run) =>
      bytesIn(runner.live.recorder(run)?.unstored() ?? []),
    )
  }

  const visible = (caller: Caller, id: string) => visibleOrder(office, caller, id)

  return {
    async inbox({ caller, query }) {
      const [context, names, orders] = await Promise.all([
        contextNow(office),
        office.reader.names(),
        office.reader.orders(query.all !== 'true'),
      ])
      const mine = orders.filter((order) => maySee(order, caller, context))
      return Promise.all(mine.map((order) => summaryOf(office.reader, order, caller.person, context, names)))
    },
    async review({ caller, params }) {
      return view(await visible(caller, params.order), caller)
    },
    async claimOrder({ caller, params, body }) {
      await visible(caller, params.order)
      return view(valueOr(await claimOrder(office, params.order, caller.person, body.version)).order, caller)
    },
    async returnOrder({ caller, params, body }) {
      await visible(caller, params.order)
      return view(
        valueOr(await returnOrder(office, params.order, caller.person, body.to, body.note)).order,
        caller,
      )
    },
    async askQuestion({ caller, params, body }) {
      await visible(caller, params.order)
      const { version, step, text } = body
      return view(
        valueOr(await askQuestion(office, params.order, caller.person, version, step, text)).order,
        caller,
      )
    },
    async declineOutput({ caller, params, body }) {
      await visible(caller, params.order)
      return view(
        valueOr(await declineOutput(office, params.order, caller.person, params.request, body.word)).order,
        caller,
      )
    },
    async recordComprehension({ caller, params, body }) {
      await visible(caller, params.order)
      return view(valueOr(await recordComprehension(office, params.order, caller.person, body)).order, caller)
    },
    async forbid({ caller, params, body }) {
      await visible(caller, params.order)
      return view(valueOr(await holdOrder(office, params.order, caller.person, body.version)).order, caller)
    },
    async kill({ caller, params }) {
      await visible(caller, params.order)
      return view(valueOr(await killRun(office, params.order, params.run, caller.person, kill)).order, caller)
    },
    async freeze({ caller, params, body }) {
      await visible(caller, params.order)
      return view(
        valueOr(await freezeOrder(office, params.order, body.version, caller.person, kill)).order,
        caller,
      )
    },
    async output({ caller, params, query }) {
      const order = await visible(caller, params.order)
      const run = findRun(order, params.run)
      if (run === undefined) throw new Refused('output-unavailable')
      const frames = await framesOf(params.order, params.run)
      return page(params.run, frames, query.from, run.state === 'ended')
    },
  }

  async function framesOf(order: string, run: string): Promise<readonly Frame[]> {
    // Asked before the store is read: a chunk stored in between is seen twice rather than not at all.
    const recorder = runner.live.recorder(run)
    const before = recorder?.storedChunks()
    const tail = recorder?.unstored() ?? []
    const frames: Frame[] = []
    for (const chunk of await office.reader.chunks(run)) {
      if (before !== undefined && chunk.index >= before) break
      const plain = await vault.open(order, run, chunk.index, chunk.sealed)
      const decoded = plain === undefined ? undefined : decodeFrames(plain)
      if (decoded?.ok !== true) throw new Refused('output-unavailable')
      frames.push(...decoded.value)
    }
    return [...frames, ...tail]
  }
}

function bytesIn(frames: readonly Frame[]): number {
  return frames.reduce((sum, frame) => sum + frame.bytes.length, 0)
}

function page(run: string, frames: readonly Frame[], from: number, ended: boolean): Output {
  const part: Output['frames'] = []
  let size = 0
  let next = from
  for (const frame of frames.slice(from)) {
    if (size > 0 && size + frame.bytes.length > mostOutput) break
    next++
    if (frame.stream === 'control') continue
    size += frame.bytes.length
    part.push({ stream: frame.stream, microseconds: frame.microseconds, bytes: toBase64(frame.bytes) })
  }
  return { run, complete: ended && next >= frames.length, frames: part, next }
}
