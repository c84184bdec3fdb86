import type { Crypto, Instant } from '@chaperone/encoding'
import type { DeskConfig, TrustRoot } from './config.ts'
import type { Ground } from './check-draft.ts'
import type { GatewayClient } from './gateway-client.ts'
import type { RosterKeeper } from './roster-keeper.ts'

/** The process's parts, put together once in `main.ts`. */
export interface Desk {
  readonly config: Pick<DeskConfig, 'origin' | 'rpId' | 'appOrigin' | 'banner'>
  readonly root: Pick<TrustRoot, 'organisation'>
  readonly gateway: GatewayClient
  readonly keeper: RosterKeeper
  readonly crypto: Crypto
  readonly now: () => Instant
  readonly random: (length: number) => Uint8Array
}

/** What drafts are judged by at this moment. Throws `Refused` when there is no roster to judge by. */
export async function groundNow({ config, keeper, crypto, now }: Desk): Promise<Ground> {
  const at = now()
  return { roster: await keeper.current(at), rpId: config.rpId, origin: config.origin, now: at, crypto }
}
