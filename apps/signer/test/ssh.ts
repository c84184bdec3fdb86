import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import { RunnerReader, type RunnerRecord } from '@chaperone/runner'

export interface SshVisit {
  readonly port: number
  readonly account: string
  /** What the client takes for the machine's key. */
  readonly hostKey: Uint8Array
  readonly agent: string
  readonly command: string
  readonly input: Uint8Array
}

export interface SshEnd {
  readonly exit: number | null
  readonly records: readonly RunnerRecord[]
  readonly words: string
}

/** Stock `ssh` with an agent of ours, nothing else of the machine's or the account's. */
export async function ssh(visit: SshVisit): Promise<SshEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-visit-'))
  const key = parsePublicKey(visit.hostKey)
  writeFileSync(join(folder, 'known'), key.ok ? `target ${publicKeyLine(key.value)}\n` : '')
  const options = {
    HostKeyAlias: 'target',
    UserKnownHostsFile: join(folder, 'known'),
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
    IdentityAgent: visit.agent,
    IdentityFile: 'none',
    BatchMode: 'yes',
    LogLevel: 'ERROR',
  }
  const words = ['-F', 'none', '-p', String(visit.port), '-l', visit.account]
  for (const [name, value] of Object.entries(options)) words.push('-o', `${name}=${value}`)
  const client = spawn('ssh', [...words, '127.0.0.1', visit.command])
  const heard = { records: [] as RunnerRecord[], words: '' }
  const reader = new RunnerReader()
  client.stdout.on('data', (bytes: Buffer) => {
    const read = reader.push(bytes)
    if (read.ok) heard.records.push(...read.value)
    // The lifeline stays open until the step has ended.
    if (read.ok && read.value.some(({ kind }) => kind === 'end' || kind === 'not-started')) client.stdin.end()
  })
  client.stderr.on('data', (bytes: Buffer) => (heard.words += bytes.toString('utf8')))
  client.stdin.on('error', () => undefined)
  client.stdin.write(visit.input)
  await once(client, 'close')
  rmSync(folder, { recursive: true, force: true })
  return { exit: client.exitCode, ...heard }
}
