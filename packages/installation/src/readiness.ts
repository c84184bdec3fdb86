import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@chaperone/encoding'

/** Asks whether something answers; never throws. */
export type Probe = () => Promise<boolean>

export function socketAnswers(path: string): Probe {
  return () =>
    new Promise((resolve) => {
      const socket = connect(path)
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
}

/** True when `/healthz` answers 200. The certificate is not checked: nothing is told, and nothing is believed. */
export function healthAnswers(host: string, port: number, encrypted: boolean): Probe {
  const get = encrypted ? httpsGet : httpGet
  return () =>
    new Promise((resolve) => {
      const options = { host, port, path: '/healthz', timeout: 2000, rejectUnauthorized: false }
      const request = get(options, (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      })
      request.once('timeout', () => request.destroy())
      request.once('error', () => resolve(false))
    })
}

const betweenProbes = 30

/** Resolves when the probe succeeds. Fault `not-ready` after `seconds`; rejects when aborted. */
export async function untilReady(
  name: string,
  probe: Probe,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!(await probe())) {
    if (performance.now() > deadline)
      throw new Fault('not-ready', `${name} did not answer within ${seconds} s`)
    await sleep(betweenProbes, undefined, { signal })
  }
}
