import { err, ok, secondsOf, type Instant, type KeyId, type Result, type RunId } from '@chaperone/encoding'
import { runIdOf, stopHitting, type RosterTarget, type StepDocument } from '@chaperone/domain'
import { nodeCrypto } from '@chaperone/node-crypto'
import { checkDecisions } from './check-decisions.ts'
import { checkDocuments } from './check-documents.ts'
import { logRefusal } from './check-log.ts'
import type { IssueRequest } from './issue-request.ts'
import type { Memory } from './memory.ts'
import type { Refusal } from './refusal.ts'

/** What may be issued, once. */
export interface Grant {
  readonly run: RunId
  readonly target: RosterTarget
  readonly step: StepDocument
  readonly hostKey: KeyId
  /** The earliest end among the quorum's windows and the order's; seconds since 1970. */
  readonly notAfter: number
  /** From then on the spend may be forgotten. */
  readonly orderEnds: Instant
}

/**
 * Decides whether a certificate may be made for one run. Every way to say no is a line here or in what it calls;
 * nothing that the gateway says is believed.
 */
export function checkIssue(request: IssueRequest, memory: Memory, at: Instant): Result<Grant, Refusal> {
  const roster = memory.roster?.parsed
  if (roster === undefined) return err({ code: 'roster-missing' })
  if (roster.expires <= at) return err({ code: 'roster-expired', expires: roster.expires })
  const documents = checkDocuments(request, roster, at)
  if (!documents.ok) return documents
  const { order, orderDigest, target, step } = documents.value
  const quorum = checkDecisions(request, documents.value, roster, memory.log, at)
  if (!quorum.ok) return quorum
  const { people, hostKey, notAfter } = quorum.value
  const involved = {
    people: [order.technician, ...people],
    targets: [target.target],
    regimes: [target.regime],
  }
  const stop = stopHitting([...memory.stops.values()], involved, at)
  if (stop !== undefined) return err({ code: 'stopped', stop: stop.stop })
  const run = runIdOf(orderDigest, request.index, request.attempt, nodeCrypto.sha256)
  if (memory.spends.has(run)) return err({ code: 'already-spent', run })
  const refusal = logRefusal(request, documents.value, run, memory)
  if (refusal !== undefined) return err(refusal)
  return ok({ run, target, step, hostKey, notAfter: secondsOf(notAfter), orderEnds: order.notAfter })
}
