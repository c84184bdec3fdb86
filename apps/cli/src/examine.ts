import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { placesOf, readInstallation, type InstallationConfig, type Places } from '@chaperone/installation'
import { askSigner } from './signer-socket.ts'

export interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

/** What an operator would look at first, in the order in which one depends on the other. */
export async function examine(folder: string): Promise<readonly Check[]> {
  const machine = [nodeCheck(), sshCheck(), programCheck('ssh-keygen'), programCheck('flock')]
  const places = placesOf(folder)
  const config = configCheck(folder)
  if (config.config === undefined) return [...machine, config.check]
  return [
    ...machine,
    config.check,
    rootCheck(places),
    ...['gateway', 'desk', 'signer'].map((part) => closedCheck(join(places.folder, part))),
    await gatewayCheck(config.config),
    await signerCheck(places),
  ]
}

function nodeCheck(): Check {
  const major = Number(process.versions.node.split('.')[0])
  return { check: 'node', ok: major >= 24, detail: process.version }
}

/** 8.9 is the first whose agent requests name the host key (publickey-hostbound). */
function sshCheck(): Check {
  const said = spawnSync('ssh', ['-V'], { encoding: 'utf8' })
  const version = /OpenSSH_(\d+)\.(\d+)/.exec(said.stderr ?? '')
  const [major, minor] = [Number(version?.[1] ?? 0), Number(version?.[2] ?? 0)]
  const detail = said.stderr?.trim() || 'not found: install openssh-client'
  return { check: 'ssh 8.9 or newer', ok: major > 8 || (major === 8 && minor >= 9), detail }
}

function programCheck(program: string): Check {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' })
  return { check: program, ok: found.status === 0, detail: found.stdout.trim() || 'not found' }
}

function configCheck(folder: string): {
  readonly check: Check
  readonly config: InstallationConfig | undefined
} {
  try {
    const config = readInstallation(folder)
    return { config, check: { check: 'configuration', ok: true, detail: join(folder, 'chaperone.json') } }
  } catch (error) {
    return {
      config: undefined,
      check: { check: 'configuration', ok: false, detail: (error as Error).message },
    }
  }
}

function rootCheck({ trustRoot }: Places): Check {
  const ok = existsSync(trustRoot)
  return { check: 'trust root', ok, detail: ok ? trustRoot : 'run `chaperone init`' }
}

function closedCheck(folder: string): Check {
  const check = `${folder} is closed to others`
  if (!existsSync(folder)) return { check, ok: false, detail: 'is not there: run `chaperone init`' }
  const mode = statSync(folder).mode & 0o777
  return { check, ok: (mode & 0o077) === 0, detail: `mode ${mode.toString(8)}` }
}

async function gatewayCheck({ app }: InstallationConfig): Promise<Check> {
  const scheme = app.tls === undefined ? 'http' : 'https'
  const host = app.listen.host.includes(':') ? `[${app.listen.host}]` : app.listen.host
  const address = app.tls === undefined ? `${scheme}://${host}:${app.listen.port}` : app.origin
  try {
    const response = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(5000) })
    return { check: 'gateway is ready', ok: response.ok, detail: (await response.text()).slice(0, 300) }
  } catch {
    return { check: 'gateway is ready', ok: false, detail: `no answer at ${address}: is it running?` }
  }
}

async function signerCheck({ sockets }: Places): Promise<Check> {
  try {
    const status = await askSigner(sockets.officers, '/status')
    const isolated = status['isolated'] === true
    return { check: 'signer answers', ok: true, detail: isolated ? 'isolated' : 'not isolated' }
  } catch (error) {
    return { check: 'signer answers', ok: false, detail: (error as Error).message }
  }
}
