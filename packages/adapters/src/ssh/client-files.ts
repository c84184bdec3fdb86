import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { invariant, parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import type { ExecutionRequest } from '@chaperone/usecases'

export interface ClientFiles extends AsyncDisposable {
  readonly config: string
  /** Where the client writes its own words, apart from anything that the target says. */
  readonly log: string
  /** What it wrote there; undefined when that cannot be read. */
  words(): Promise<string | undefined>
}

/**
 * The client's own configuration in a private folder: nothing of the account's or the machine's is read, no key but the
 * agent's is offered, no host key but the pinned ones is taken, nothing is shared or forwarded.
 */
export async function clientFiles(
  request: ExecutionRequest,
  kexAlgorithms: string | undefined,
): Promise<ClientFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-ssh-'))
  const config = join(folder, 'config')
  const log = join(folder, 'log')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await writeFile(join(folder, 'known_hosts'), knownHosts(request), { mode: 0o600 })
    await writeFile(config, clientConfig(request, folder, kexAlgorithms), { mode: 0o600 })
  } catch (error) {
    await remove()
    throw error
  }
  return {
    config,
    log,
    words: () => readFile(log, 'utf8').catch(() => undefined),
    [Symbol.asyncDispose]: remove,
  }
}

function knownHosts({ targetId, hostKeys, hostAuthorities }: ExecutionRequest): string {
  const lines = (blobs: readonly Uint8Array[], mark: string) =>
    blobs.flatMap((blob) => {
      const key = parsePublicKey(blob)
      return key.ok ? [`${mark}${targetId} ${publicKeyLine(key.value)}\n`] : []
    })
  return [...lines(hostKeys, ''), ...lines(hostAuthorities, '@cert-authority ')].join('')
}

function clientConfig(request: ExecutionRequest, folder: string, kexAlgorithms: string | undefined): string {
  const { address, port, account, targetId, agentSocket } = request
  return [
    'Host target',
    `HostName ${quoted(address)}`,
    `Port ${port}`,
    `User ${quoted(account)}`,
    `HostKeyAlias ${quoted(targetId)}`,
    `UserKnownHostsFile ${quoted(`${folder}/known_hosts`)}`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    `IdentityAgent ${quoted(agentSocket)}`,
    'IdentityFile none',
    'IdentitiesOnly no',
    'PreferredAuthentications publickey',
    'BatchMode yes',
    'RequestTTY no',
    'ForwardAgent no',
    'ForwardX11 no',
    'ClearAllForwardings yes',
    'PermitLocalCommand no',
    'ControlMaster no',
    'ControlPath none',
    'ConnectTimeout 10',
    'ConnectionAttempts 1',
    'ServerAliveInterval 5',
    'ServerAliveCountMax 3',
    // Says when it was let in: before that nothing can have run.
    'LogLevel VERBOSE',
    ...(kexAlgorithms === undefined ? [] : [`KexAlgorithms ${kexAlgorithms}`]),
    '',
  ].join('\n')
}

/** One argument, in which the client expands nothing. */
function quoted(value: string): string {
  invariant(
    /^[\x20-\x7e]+$/.test(value) && !/["\\$]/.test(value),
    'a value of the client configuration is plain',
  )
  return `"${value.replaceAll('%', '%%')}"`
}
