import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parsePublicKey, publicKeyLine } from '@chaperone/encoding'
import type { ExecutionRequest } from '@chaperone/usecases'

export interface ClientFiles extends AsyncDisposable {
  readonly config: string
  /** Where the client writes its own words, apart from anything that the target says. */
  readonly log: string
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
  await writeFile(join(folder, 'known_hosts'), knownHosts(request), { mode: 0o600 })
  await writeFile(config, clientConfig(request, folder, kexAlgorithms), { mode: 0o600 })
  return {
    config,
    log: join(folder, 'log'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
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
    `HostName ${address}`,
    `Port ${port}`,
    `User ${account}`,
    `HostKeyAlias ${targetId}`,
    `UserKnownHostsFile ${folder}/known_hosts`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    `IdentityAgent ${agentSocket}`,
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
    'LogLevel ERROR',
    ...(kexAlgorithms === undefined ? [] : [`KexAlgorithms ${kexAlgorithms}`]),
    '',
  ].join('\n')
}
