import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePorts } from '@chaperone/installation'
import type { SshTarget } from '@chaperone/testkit'
import { eventually } from '../story.ts'

export interface Impostor extends AsyncDisposable {
  readonly port: number
}

/** A machine that is `target` in everything but its host key: the same account, principals and authority. */
export async function startImpostor(target: SshTarget): Promise<Impostor> {
  const own = join(dirname(target.config), 'impostor')
  mkdirSync(own, { recursive: true })
  const hostKey = join(own, 'host_ed25519')
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey])
  const [port = 0] = await freePorts(1)
  const config = join(own, 'sshd_config')
  writeFileSync(
    config,
    changed(readFileSync(target.config, 'utf8'), { Port: String(port), HostKey: hostKey }),
  )
  for (const path of [own, hostKey, config]) chownSync(path, target.uid, -1)
  const log = join(own, 'log')
  const words = ['/usr/sbin/sshd', '-D', '-E', log, '-f', config]
  // As the account itself, as its target runs: no other account can log in there.
  const as = process.getuid?.() === 0 ? ['--reuid', `${target.uid}`, '--clear-groups'] : []
  const child = spawn('setpriv', [...as, '--pdeathsig', 'TERM', ...words], { cwd: '/', stdio: 'ignore' })
  await eventually('the impostor to listen', () => Promise.resolve(listens(log)), 10)
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

function changed(config: string, settings: Readonly<Record<string, string>>): string {
  const lines = config.split('\n').map((line) => {
    const [word = ''] = line.split(' ')
    return settings[word] === undefined ? line : `${word} ${settings[word]}`
  })
  return lines.join('\n')
}

function listens(log: string): true | undefined {
  try {
    return readFileSync(log, 'utf8').includes('Server listening on') ? true : undefined
  } catch {
    return undefined // it has not opened its log yet
  }
}
