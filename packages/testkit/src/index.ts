export { softwareAuthenticator, type RequestOptions, type SoftwareAuthenticator } from './software-authenticator.ts'
