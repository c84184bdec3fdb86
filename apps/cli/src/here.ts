import process from 'node:process'
import { gatewayAt, type Gateway } from './gateway.ts'
import { loadSession } from './session.ts'

/** The gateway with the session of whoever runs this. */
export function signedInGateway(): Gateway {
  const token = process.env['CHAPERONE_TOKEN']
  const url = process.env['CHAPERONE_GATEWAY']
  if (token !== undefined && url !== undefined) return gatewayAt(url, token)
  const session = loadSession()
  return gatewayAt(session.gateway, session.token)
}
