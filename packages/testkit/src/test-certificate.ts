import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { parsePublicKeyLine } from '@chaperone/encoding'

const run = promisify(execFile)

/** A certificate authority in a folder, for tests that have no signer. */
export interface TestAuthority extends AsyncDisposable {
  readonly blob: Uint8Array
  /** The private key, as `ssh-keygen -s` takes it. */
  readonly file: string
  /** A fresh key with a certificate for it, in an agent of its own; closed with the authority. */
  agentFor(certificate: TestCertificate): Promise<TestAgent>
}

export interface TestCertificate {
  readonly principal: string
  readonly forceCommand: string
  readonly sourceAddress?: string
}

export interface TestAgent extends AsyncDisposable {
  readonly socket: string
  /** The private key file, beside which its certificate lies. */
  readonly identity: string
}

/** Makes an authority. Its certificates are `ssh-keygen`'s and its agents `ssh-agent`'s, which sign any number of logins. */
export async function testAuthority(): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-ca-'))
  const file = join(folder, 'ca')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const key = parsePublicKeyLine(await readFile(`${file}.pub`, 'utf8'))
  if (!key.ok) throw new Error('ssh-keygen wrote a key that we do not know')
  const agents: TestAgent[] = []
  let made = 0
  return {
    blob: key.value.blob,
    file,
    async agentFor(certificate) {
      const agent = await startAgent(file, join(folder, `key${++made}`), certificate)
      agents.push(agent)
      return agent
    },
    async [Symbol.asyncDispose]() {
      for (const agent of agents) await agent[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startAgent(ca: string, identity: string, certificate: TestCertificate): Promise<TestAgent> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identity])
  const { principal, forceCommand, sourceAddress = '127.0.0.1/32' } = certificate
  const options = ['clear', `force-command=${forceCommand}`, `source-address=${sourceAddress}`]
  const words = options.flatMap((option) => ['-O', option])
  await run('ssh-keygen', ['-q', '-s', ca, '-I', 'test', '-n', principal, ...words, `${identity}.pub`])
  const socket = `${identity}.agent`
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  const gone = once(agent, 'exit')
  while (!(await exists(socket)))
    await Promise.race([sleep(5), gone.then(() => Promise.reject(new Error('no agent')))])
  await run('ssh-add', ['-q', identity], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
  return {
    socket,
    identity,
    async [Symbol.asyncDispose]() {
      if (agent.exitCode !== null || agent.signalCode !== null) return
      agent.kill('SIGTERM')
      await gone
    },
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
