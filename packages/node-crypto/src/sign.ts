import { armorSignature, toBeSigned } from '@chaperone/encoding'
import { nodeCrypto } from './node-crypto.ts'
import type { PrivateKey } from './private-key.ts'

/** Signs `message` as `ssh-keygen -Y sign` would, with a key held in this process. */
export function signSshsig(key: PrivateKey, namespace: string, message: Uint8Array): string {
  return armorSignature(key.blob, namespace, key.signSsh(toBeSigned(namespace, message, nodeCrypto.sha512)))
}
