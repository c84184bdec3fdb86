import type { LogKey } from '@chaperone/adapters'
import { generateKey, nodeCrypto, type PrivateKey } from '@chaperone/node-crypto'
import { verifierKey } from '@chaperone/tlog'

/** A log's key that this process holds. */
export function testLogKey(origin = 'log.example/test', key: PrivateKey = generateKey().key): LogKey {
  return {
    verifier: verifierKey(origin, 1, key.point, nodeCrypto.sha256),
    sign: (message) => key.sign(message),
  }
}
