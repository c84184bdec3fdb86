import { randomBytes } from 'node:crypto'
import { toHex, utf8, type RunId } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { forceCommand, type RunnerOrder } from '@chaperone/runner'
import type { ExecutionRequest } from '@chaperone/usecases'
import type { SshTarget } from './start-sshd.ts'
import type { TestAuthority } from './test-certificate.ts'

export interface TestStep {
  /** Text, or the exact bytes. */
  readonly bytes: string | Uint8Array
  readonly files?: readonly { readonly mode: string; readonly bytes: Uint8Array }[]
  readonly maxSeconds?: number
  readonly silenceSeconds?: number
  /** Seconds since 1970; a minute from now when unset. */
  readonly notAfter?: number
  readonly runId?: RunId
}

/** A request that a real target will take once, as the signer would have prepared it. */
export async function prepareRun(
  target: SshTarget,
  authority: TestAuthority,
  step: TestStep,
): Promise<ExecutionRequest> {
  const order = runnerOrder(step)
  const agent = await authority.agentFor({ principal: target.principal, forceCommand: forceCommand(order) })
  return {
    address: target.address,
    port: target.port,
    account: target.account,
    targetId: target.targetId,
    hostKeys: target.hostKeys,
    hostAuthorities: [],
    agentSocket: agent.socket,
    runId: order.run,
    parts: partsOf(step),
    maxSeconds: order.maxSeconds,
  }
}

function partsOf({ bytes, files = [] }: TestStep): readonly Uint8Array[] {
  return [typeof bytes === 'string' ? utf8(bytes) : bytes, ...files.map((file) => file.bytes)]
}

/** What the certificate of this step fixes. */
export function runnerOrder(step: TestStep): RunnerOrder {
  const [bytes = new Uint8Array(), ...files] = partsOf(step)
  const measure = (piece: Uint8Array) => ({
    length: piece.length,
    sha256: toHex(nodeCrypto.sha256(piece)),
  })
  return {
    run: step.runId ?? randomBytes(16).toString('hex'),
    bytes: measure(bytes),
    files: files.map((piece, i) => ({ mode: step.files?.[i]?.mode ?? '0600', ...measure(piece) })),
    notAfter: step.notAfter ?? Math.floor(Date.now() / 1000) + 60,
    maxSeconds: step.maxSeconds ?? 30,
    silenceSeconds: step.silenceSeconds ?? 10,
  }
}
