import { toHex, utf8, type RunId } from '@chaperone/encoding'
import { predecessorOf } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import type { OpenedDocuments } from './check-documents.ts'
import type { IssueRequest } from './issue-request.ts'
import type { Intent } from './journal-record.ts'
import type { Memory } from './memory.ts'
import type { Refusal } from './refusal.ts'

/** Why the log that was read and cosigned does not tell the same story as the request, or `undefined`. */
export function logRefusal(
  request: IssueRequest,
  documents: OpenedDocuments,
  run: RunId,
  memory: Memory,
): Refusal | undefined {
  const refusal = orderRefusal(request.index, documents, memory)
  if (refusal !== undefined) return refusal
  const intent = memory.intents.get(run)
  if (intent === undefined || intent.entry !== request.intent)
    return { code: 'intent-not-in-log', size: memory.log.size }
  const wrong = wrongField(intent, request, documents)
  if (wrong !== undefined) return { code: 'intent-not-for-this', field: wrong }
  if (memory.ended.has(run)) return { code: 'run-ended', run }
  for (const other of memory.open)
    if (other !== run && memory.intents.get(other)?.orderDigest === documents.orderDigest)
      return { code: 'run-in-progress', run: other }
  return predecessorRefusal(intent, documents, memory)
}

function orderRefusal(
  index: number,
  { order, orderDigest }: OpenedDocuments,
  { submissions, orders }: Memory,
): Refusal | undefined {
  const logged = submissions.get(orderDigest)
  const state = orders.get(order.order)
  if (logged === undefined || state === undefined) return { code: 'order-not-in-log' }
  const same =
    logged.order === order.order &&
    logged.version === order.version &&
    logged.technician === order.technician &&
    logged.notAfter === order.notAfter
  if (!same) return { code: 'order-not-as-logged' }
  if (state.version !== logged.version)
    return { code: 'order-version-stale', version: logged.version, current: state.version }
  if (state.ended !== null) return { code: 'order-ended' }
  const forward = index <= order.steps.length - order.rollbackSteps
  return state.frozen && forward ? { code: 'order-frozen' } : undefined
}

function wrongField(
  intent: Intent,
  { index, attempt, statements }: IssueRequest,
  { orderDigest, stepDigest, target }: OpenedDocuments,
): string | undefined {
  const stated = new Set(statements.map(({ text }) => toHex(nodeCrypto.sha256(utf8(text)))))
  const decided = new Set(intent.decisions)
  const claims = [
    ['order-digest', intent.orderDigest === orderDigest],
    ['step', intent.step === index],
    ['attempt', intent.attempt === attempt],
    ['digest', intent.stepDigest === stepDigest],
    ['target', intent.target === target.target],
    ['decisions', decided.size === stated.size && [...decided].every((digest) => stated.has(digest))],
  ] as const
  return claims.find(([, holds]) => !holds)?.[0]
}

/** The step before must have succeeded, in the log and under a certificate of ours: a claim alone proves nothing. */
function predecessorRefusal(
  { step, after }: Intent,
  { order, orderDigest }: OpenedDocuments,
  { intents, ended, spends }: Memory,
): Refusal | undefined {
  const needs = predecessorOf(order, step)
  if (needs === undefined) return undefined
  const before = after === null ? undefined : intents.get(after.run)
  const end = after === null ? undefined : ended.get(after.run)
  const proven =
    before !== undefined &&
    before.orderDigest === orderDigest &&
    before.step === needs &&
    end?.result === 'succeeded' &&
    end.entry === after?.entry &&
    spends.has(before.run)
  return proven ? undefined : { code: 'predecessor-missing', needs }
}
