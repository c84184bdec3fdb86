export {
  softwareAuthenticator,
  type RequestOptions,
  type SoftwareAuthenticator,
} from './software-authenticator.ts'
export * from './sample-log.ts'
export * from './sample-order.ts'
