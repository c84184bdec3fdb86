import type { Result, RunId } from '@chaperone/encoding'
import type { OrderOpening, SignedRoster, SignedStatement, StepOpening } from '@chaperone/domain'

/**
 * The signer's side of the protocol (spec/signer.md). It believes nothing it is told here. Whoever controls the
 * signer holds the CA key: it is trusted for invariant 1.
 */
export interface SignerClient {
  /** Fault `signer-unavailable` when it cannot be reached. */
  status(): Promise<SignerStatus>
  /** Hands over a roster; the signer judges it. */
  offerRoster(roster: SignedRoster): Promise<Result<void, SignerRefusal>>
  /** Hands over every entry up to a checkpoint; answers the cosignature line. */
  readLog(part: LogPart): Promise<Result<string, SignerRefusal>>
  /** Asks for a certificate for one run, behind a one-shot agent. A fault is `retryable` when it was never reached. */
  issue(request: IssueRequest): Promise<Result<Issued, SignerRefusal>>
  /** Ends the run's agent: from then on nobody logs in for it. Fault `signer-unavailable` when that is not certain. */
  close(run: RunId): Promise<void>
}

export interface SignerRefusal {
  readonly code: string
  readonly [fact: string]: unknown
}

export interface SignerStatus {
  /** Whether it would issue anything at all now. */
  readonly ready: boolean
  /** Why not, in the signer's word. */
  readonly reason: string | null
  readonly isolated: boolean
  readonly rosterVersion: number
  readonly logSize: number
  readonly stops: number
  readonly unaccounted: readonly RunId[]
  /** base64 of the CA's public key blob. */
  readonly caKey: string
}

export interface LogPart {
  /** The checkpoint that the entries end at; null when more parts follow. */
  readonly checkpoint: string | null
  readonly from: number
  readonly entries: readonly Uint8Array[]
}

export interface IssueRequest {
  readonly statements: readonly SignedStatement[]
  readonly order: OrderOpening
  readonly step: StepOpening
  readonly index: number
  readonly attempt: number
  /** Log index of the intent. */
  readonly intent: number
}

export interface Issued {
  /** Path of the one-shot agent's socket. */
  readonly agent: string
  /** Serial of the certificate, decimal. */
  readonly serial: string
  readonly run: RunId
}
