export { httpSignerClient } from './http-signer-client.ts'
