import type { CommandExecutor } from '../command-executor.ts'
import type { Office } from '../office.ts'
import type { SignerClient } from '../signer-client.ts'
import type { Cosigned } from './feed-signer.ts'
import type { Vault } from './vault.ts'

/** Where steps run: what the use cases of running need beside the office. */
export interface Floor {
  readonly office: Office
  readonly signer: SignerClient
  /** How much of the log the signer has read and cosigned. */
  readonly cosigned: Cosigned
  readonly executor: CommandExecutor
  readonly vault: Vault
  /** Names this process in leases. */
  readonly holder: string
  readonly timers: Timers
  /** Things an operator must see: a code of ours and facts without secrets. */
  readonly alarm: (code: string, facts: Readonly<Record<string, unknown>>) => void
}

/** Time passing, so that tests can make it pass. */
export interface Timers {
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}
