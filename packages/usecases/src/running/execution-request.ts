import { fromBase64, invariant, type RunId } from '@chaperone/encoding'
import type { RosterTarget } from '@chaperone/domain'
import type { ExecutionRequest } from '../command-executor.ts'
import type { OpenedOrder } from '../openings.ts'

/** What the executor is asked for: where from the roster, what from the step that was signed. */
export function executionRequest(
  { opened, index, run }: { readonly opened: OpenedOrder; readonly index: number; readonly run: RunId },
  target: RosterTarget,
  agentSocket: string,
): ExecutionRequest {
  const step = opened.steps[index - 1]
  invariant(step !== undefined, 'a step that has a certificate is there')
  return {
    address: target.address,
    port: target.port,
    account: step.opening.document.account,
    targetId: target.target,
    hostKeys: blobs(target.hostKeys),
    hostAuthorities: blobs(target.hostAuthorities),
    agentSocket,
    runId: run,
    parts: [step.bytes, ...step.files],
    maxSeconds: step.opening.document.maxSeconds,
  }
}

function blobs(texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => fromBase64(text)).filter((blob) => blob !== undefined)
}
