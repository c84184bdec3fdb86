import type { Clock, Office, OrderRunner, SignerClient, SignerFeed, Vault } from '@chaperone/usecases'
import type { GatewayConfig } from './config.ts'
import type { Metrics } from './metrics.ts'
import type { LogVerifier } from './verify-log.ts'

/** Everything that a handler may need, put together once by `main`. */
export interface Gateway {
  readonly config: GatewayConfig
  readonly office: Office
  readonly runner: OrderRunner
  readonly signer: SignerClient
  readonly feed: SignerFeed
  readonly vault: Vault
  readonly verifier: LogVerifier
  readonly metrics: Metrics
  /** Tells an operator, by log and metric. */
  readonly alarm: (code: string, facts: Readonly<Record<string, unknown>>) => void
}

export const systemClock: Clock = {
  now: () => new Date().toISOString().replace(/\.\d{3}Z$/, 'Z'),
  milliseconds: () => performance.timeOrigin + performance.now(),
}
