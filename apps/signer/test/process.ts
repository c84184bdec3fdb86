import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toBase64 } from '@chaperone/encoding'
import { generateKey } from '@chaperone/node-crypto'
import type { LogPart } from '../src/read-log.ts'
import { organisation, type Organisation } from './organisation.ts'

/** A folder as `chaperone init` lays it out for one signer. */
export interface Installation extends Disposable {
  readonly organisation: Organisation
  readonly folder: string
  readonly socket: string
  readonly officerSocket: string
  readonly config: string
}

/** A signer's process. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  /** What it has printed. */
  words(): string
  kill(signal: NodeJS.Signals): Promise<number | null>
  /** Its exit status, once it ends by itself. */
  ended: Promise<number | null>
}

export interface Reply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export function installation(change: Readonly<Record<string, unknown>> = {}): Installation {
  const made = organisation()
  const top = mkdtempSync(join(tmpdir(), 'chaperone-signer-'))
  chmodSync(top, 0o755)
  const at = (...parts: string[]) => join(top, ...parts)
  for (const name of ['signer', 'run', 'officers', 'agents']) mkdirSync(at(name))
  for (const [name, key] of [
    ['cosigner.key', made.keyFile],
    ['ca.key', generateKey().file],
  ] as const)
    writeFileSync(at('signer', name), key, { mode: 0o600 })
  writeFileSync(at('root.json'), JSON.stringify(made.trustRoot))
  const config = {
    folder: at('signer'),
    socket: at('run', 's.sock'),
    officerSocket: at('officers', 's.sock'),
    agentFolder: at('agents'),
    caKey: { file: at('signer', 'ca.key') },
    origin: made.trustRoot.origin,
    trustRoot: at('root.json'),
    ...change,
  }
  writeFileSync(at('signer.json'), JSON.stringify(config))
  return {
    organisation: made,
    folder: top,
    socket: config.socket,
    officerSocket: config.officerSocket,
    config: at('signer.json'),
    [Symbol.dispose]: () => rmSync(top, { recursive: true, force: true }),
  }
}

/** Starts it, and resolves when it is ready or has ended. `fileSize`: KiB that any file of its may have. */
export async function startSigner(
  { config }: Installation,
  limits: { readonly fileSize?: number } = {},
): Promise<Running> {
  const limit = limits.fileSize === undefined ? '' : `ulimit -f ${limits.fileSize}; trap '' XFSZ; `
  const command = `${limit}exec "$0" "$@"`
  const child = spawn('/bin/bash', ['-c', command, process.execPath, main, config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  const ended = once(child, 'close').then(() => child.exitCode)
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (bytes: Buffer) => {
      words += bytes.toString('utf8')
      if (words.includes('signer ready\n')) resolve()
    })
    child.once('close', () => resolve())
  })
  async function kill(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal)
    return ended
  }
  return {
    pid: child.pid ?? 0,
    words: () => words,
    kill,
    ended,
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL')
    },
  }
}

/** Asks over a unix socket; `body` as bytes is sent as it is. */
export function ask(
  socketPath: string,
  method: string,
  path: string,
  body?: Uint8Array | object,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        resolve({
          status: answer.statusCode ?? 0,
          body: JSON.parse(text) as Reply['body'],
        })
      })
      answer.on('error', reject)
    })
    asking.on('error', reject)
    asking.end(body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body))
  })
}

export function rosterBody({ signedRoster }: Organisation): object {
  return { bytes: toBase64(signedRoster.bytes), adoptions: signedRoster.adoptions }
}

export function logBody({ from, entries, checkpoint }: LogPart): object {
  return { from, entries: entries.map((entry) => toBase64(entry)), checkpoint }
}
