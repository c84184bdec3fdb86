import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import type { SshTarget, TestAuthority } from '@chaperone/testkit'
import type { Case } from './interleaved.ts'

/** `ssh host true` with a certificate login, and nothing of ours: the floor of everything that goes over SSH. */
export async function bareSsh(
  to: SshTarget,
  by: TestAuthority,
): Promise<{ readonly go: Case } & AsyncDisposable> {
  await using starting = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-bench-'))
  starting.defer(() => rm(folder, { recursive: true }))
  const agent = starting.use(await by.agentFor({ principal: to.principal, forceCommand: 'true' }))
  const config = join(folder, 'config')
  await writeFile(join(folder, 'known_hosts'), knownHosts(to))
  await writeFile(config, clientConfig(to, folder, agent.socket))
  const started = starting.move()
  return { go: () => connect(config), [Symbol.asyncDispose]: () => started.disposeAsync() }
}

function knownHosts({ targetId, hostKeys }: SshTarget): string {
  const lines = hostKeys.flatMap((blob) => {
    const key = parsePublicKey(blob)
    return key.ok ? [`${targetId} ${publicKeyLine(key.value)}\n`] : []
  })
  return lines.join('')
}

function clientConfig(to: SshTarget, folder: string, agent: string): string {
  const lines = [
    `HostName ${to.address}`,
    `Port ${to.port}`,
    `User ${to.account}`,
    `HostKeyAlias ${to.targetId}`,
    `UserKnownHostsFile ${folder}/known_hosts`,
    'StrictHostKeyChecking yes',
    `IdentityAgent ${agent}`,
    'IdentityFile none',
    'BatchMode yes',
  ]
  return `${lines.join('\n')}\n`
}

async function connect(config: string) {
  const began = performance.now()
  const client = spawn('ssh', ['-F', config, 'host', 'true'], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = (await once(client, 'exit')) as [number | null]
  if (status !== 0) throw new Error(`ssh: exit ${status}`)
  return { exit: performance.now() - began }
}
