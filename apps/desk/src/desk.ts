import type { Crypto, Instant } from '@chaperone/encoding'
import type { DeskConfig, TrustRoot } from './config.ts'
import type { Ground } from '@chaperone/signing'
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

/** What drafts are judged by here, and where a touch counts. */
export interface DeskGround extends Ground {
  readonly rpId: string
  /** Ours; a touch at any other does not count. */
  readonly origin: string
}

/** What drafts are judged by at this moment. Throws `Refused` when there is no roster to judge by. */
export async function groundNow({ config, keeper, crypto, now }: Desk): Promise<DeskGround> {
  const at = now()
  const { rpId, origin } = config
  return { roster: await keeper.current(at), keyClass: 'passkey', rpId, origin, now: at, crypto }
}
