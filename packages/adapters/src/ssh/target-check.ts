import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { judgeHostKeys, judgeVersion, type TargetFinding } from '@chaperone/runner'

export interface CheckedAddress {
  readonly address: string
  readonly port: number
  /** Public key blobs in base64, of the roster. */
  readonly hostKeys: readonly string[]
}

const patience = 5000

/**
 * What can be seen of a target from here without logging in: whether it answers, as what, and with which host keys.
 * The rest is seen on the target only: `targetFactsScript` there, `judgeTarget` of what it prints.
 */
export async function checkTarget(target: CheckedAddress): Promise<readonly TargetFinding[]> {
  const greeting = await greetingOf(target)
  if (greeting === undefined) return [{ check: 'reachable', ok: false, detail: 'no SSH server answers' }]
  return [
    { check: 'reachable', ok: true, detail: `${target.address}:${target.port}` },
    judgeVersion(greeting),
    judgeHostKeys(await hostKeyLines(target), target.hostKeys),
  ]
}

/** The first line that the server sends, of at most 255 bytes (RFC 4253 §4.2). */
function greetingOf({ address, port }: CheckedAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: patience })
    let heard = ''
    const end = (greeting: string | undefined) => {
      socket.destroy()
      resolve(greeting)
    }
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1')
      const line = /^(SSH-2\.0-[\x20-\x7e]{1,246})\r?\n/.exec(heard)?.[1]
      if (line !== undefined || heard.length > 255) end(line)
    })
    for (const event of ['timeout', 'error', 'close']) socket.on(event, () => end(undefined))
  })
}

/** `type base64` for each key that it shows. */
function hostKeyLines({ address, port }: CheckedAddress): Promise<readonly string[]> {
  const words = ['-T', String(patience / 1000), '-p', String(port), '--', address]
  return new Promise((resolve) => {
    execFile('ssh-keyscan', words, { timeout: 4 * patience, maxBuffer: 256 * 1024 }, (_, stdout) => {
      const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      resolve(lines.map((line) => line.split(' ').slice(1).join(' ')))
    })
  })
}
