export { nodeCrypto } from './node-crypto.ts'
export { generateKey, loadPrivateKey, privateKeyFile, type PrivateKey } from './private-key.ts'
export { signSshsig } from './sign.ts'
