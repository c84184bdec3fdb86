import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKey, type PrivateKey } from '@chaperone/node-crypto'
import { caKeyInAgent, caKeyInFile } from '../src/ca-key.ts'
import type { CaKey } from '../src/certificate.ts'

/** A certificate authority's key somewhere, for as long as a test needs it. */
export interface TestCaKey extends AsyncDisposable {
  readonly key: CaKey
}

export function inFile(type: PrivateKey['type']): TestCaKey {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-ca-'))
  const path = join(folder, 'ca.key')
  writeFileSync(path, generateKey(type).file, { mode: 0o600 })
  return { key: caKeyInFile(path), [Symbol.asyncDispose]: () => remove(folder) }
}

export async function inAgent(type: 'ed25519' | 'ecdsa'): Promise<TestCaKey> {
  const agent = await startAgent()
  const path = join(agent.folder, 'ca')
  run(agent, 'ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path])
  run(agent, 'ssh-add', ['-q', path])
  return { key: caKeyInAgent(agent.socket, publicKeyIn(agent)), [Symbol.asyncDispose]: agent.end }
}

const modules = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so']

/** Why a token cannot be had here, or `undefined`. */
export function noToken(): string | undefined {
  const there = modules.some((path) => existsSync(path)) && existsSync('/usr/bin/softhsm2-util')
  return there ? undefined : 'softhsm2 is not installed: apt-get install softhsm2'
}

/** A P-256 key in a PKCS#11 token, which the agent has by `ssh-add -s`. */
export async function inToken(): Promise<TestCaKey> {
  const found = modules.find((path) => existsSync(path))
  if (found === undefined) throw new Error(noToken())
  const module = realpathSync(found) // the agent compares real paths
  const agent = await startAgent(['-P', module])
  const tokens = join(agent.folder, 'tokens')
  mkdirSync(tokens)
  writeFileSync(join(agent.folder, 'softhsm2.conf'), `directories.tokendir = ${tokens}\n`)
  writeFileSync(join(agent.folder, 'pin'), '#!/bin/sh\necho 1234\n', { mode: 0o700 })
  writeFileSync(join(agent.folder, 'ca.key'), generateKey('ecdsa-sha2-nistp256').file)
  run(agent, 'softhsm2-util', [
    '--init-token',
    '--free',
    '--label',
    'ca',
    '--pin',
    '1234',
    '--so-pin',
    '1234',
  ])
  const named = ['--token', 'ca', '--label', 'ca', '--id', '01', '--pin', '1234']
  run(agent, 'softhsm2-util', ['--import', join(agent.folder, 'ca.key'), ...named])
  run(agent, 'ssh-add', ['-s', module])
  return { key: caKeyInAgent(agent.socket, publicKeyIn(agent)), [Symbol.asyncDispose]: agent.end }
}

interface Agent {
  readonly folder: string
  readonly socket: string
  end(): Promise<void>
}

async function startAgent(words: readonly string[] = []): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-ca-'))
  const socket = join(folder, 'agent')
  const env = environment(folder, socket)
  const child = spawn('ssh-agent', ['-D', '-a', socket, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // It prints its variables once it listens.
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return {
    folder,
    socket,
    async end() {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.kill()
      await closed
      await remove(folder)
    },
  }
}

function environment(folder: string, socket: string): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/bin:/bin',
    SSH_AUTH_SOCK: socket,
    SSH_ASKPASS: join(folder, 'pin'),
    SSH_ASKPASS_REQUIRE: 'force',
    SOFTHSM2_CONF: join(folder, 'softhsm2.conf'),
  }
}

function run({ folder, socket }: Agent, command: string, words: readonly string[]): string {
  return execFileSync(command, words, { env: environment(folder, socket), encoding: 'utf8', stdio: 'pipe' })
}

function publicKeyIn(agent: Agent): string {
  return run(agent, 'ssh-add', ['-L']).split('\n')[0] ?? ''
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}
