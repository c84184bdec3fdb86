import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Instant } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { gatewayClient } from '../src/gateway-client.ts'
import { readPageFiles } from '../src/page-files.ts'
import { rosterKeeper } from '../src/roster-keeper.ts'
import { buildServer } from '../src/server.ts'
import { deskToken, startFakeGateway, type FakeGateway, type OfferedRoster } from './fake-gateway.ts'

export interface RunningDesk extends AsyncDisposable {
  /** Where the desk is reached, as browsers call it; its port is free, so the roster is made from it. */
  readonly origin: string
  readonly url: string
  readonly gateway: FakeGateway
  /** Takes the roster that the desk will follow; once, before it is asked anything. */
  root(roster: OfferedRoster & { readonly digest: string }): void
}

/** The desk's own server and its page, over a gateway of ours. */
export async function startDesk(rpId: string, now: Instant): Promise<RunningDesk> {
  const gateway = await startFakeGateway()
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-desk-'))
  const root = { organisation: 'sample', rosterDigest: '' }
  const client = gatewayClient(gateway.url, deskToken)
  const config = {
    origin: '',
    rpId,
    appOrigin: 'http://app.localhost:8400',
    banner: { text: 'UNCLASSIFIED', colour: '#007a33' },
  }
  const app = await buildServer(
    {
      config,
      root,
      gateway: client,
      keeper: rosterKeeper(client, root, folder, nodeCrypto),
      crypto: nodeCrypto,
      now: () => now,
      random: (length) => randomBytes(length),
    },
    readPageFiles(),
    { logLevel: 'silent' },
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  config.origin = `http://${rpId}:${port}`
  return {
    origin: config.origin,
    url: `http://127.0.0.1:${port}`,
    gateway,
    root(signed) {
      root.rosterDigest = signed.digest
      gateway.rosters = [signed]
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await gateway.close()
      rmSync(folder, { recursive: true })
    },
  }
}
