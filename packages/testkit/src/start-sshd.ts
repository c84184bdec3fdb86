import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { parsePublicKey, parsePublicKeyLine, publicKeyLine } from '@chaperone/encoding'
import { endProcess, removePassingAccount, sshdAccount, type SshdAccount } from './sshd-account.ts'

const run = promisify(execFile)

export interface SshdOptions {
  readonly targetId: string
  /** Public key blobs of the authorities whose user certificates are taken. */
  readonly ca: readonly Uint8Array[]
  /** Kept, with host keys and home, when given; a temporary one is removed by `stop`. */
  readonly folder?: string
  /** As root: an account made when missing and kept. Unset: one that lives as long as this sshd. */
  readonly account?: string
  readonly port?: number
  /** Login shell of the account; as root only. */
  readonly shell?: string
  readonly hostKeyTypes?: readonly ('ed25519' | 'ecdsa')[]
  /** A private key file that vouches for the host keys. */
  readonly hostAuthority?: string
  /** The target's own `ForceCommand`, which beats a certificate's. */
  readonly forceCommand?: string
  readonly maxStartups?: string
  /** More lines for sshd_config. */
  readonly settings?: readonly string[]
  /** As root: shell commands that change what it sees mounted, in a mount namespace of its own. */
  readonly mounts?: string
}

/** A running sshd on loopback that lets in its one account by certificates for `account@targetId`. */
export interface SshTarget extends AsyncDisposable {
  readonly targetId: string
  readonly address: string
  readonly port: number
  readonly account: string
  readonly uid: number
  readonly home: string
  readonly folder: string
  readonly principal: string
  /** Public key blobs, in the order of `hostKeyTypes`. */
  readonly hostKeys: readonly Uint8Array[]
  readonly pid: number
  /** The sshd_config that it runs with. */
  readonly config: string
  readonly logFile: string
  log(): Promise<string>
  /** Ends it, its connections and, with a passing account, everything that the account runs. */
  stop(): Promise<void>
}

/** Starts a real sshd, not as root but as the account that logs in, so that no other account can. */
export async function startSshd(options: SshdOptions): Promise<SshTarget> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'chaperone-sshd-')))
  const places = {
    folder,
    own: join(folder, 'sshd'),
    home: join(folder, 'home'),
    log: join(folder, 'sshd', 'log'),
    config: join(folder, 'sshd', 'sshd_config'),
  }
  const wish = { name: options.account, home: places.home, shell: options.shell ?? '/bin/bash' }
  const account = await sshdAccount(wish)
  try {
    return await startAs(account, places, options)
  } catch (error) {
    await remove(account, places, options)
    throw error
  }
}

async function startAs(account: SshdAccount, places: Places, options: SshdOptions): Promise<SshTarget> {
  await mkdir(places.own, { recursive: true })
  await mkdir(places.home, { recursive: true })
  await chmod(places.folder, 0o755)
  const hostKeys = await hostKeysIn(places.own, options)
  await writeFile(join(places.own, 'ca.pub'), options.ca.map(keyLine).join(''))
  const principal = `${account.name}@${options.targetId}`
  await writeFile(join(places.own, 'principals'), `${principal}\n`)
  const { child, port } = await listen(options, places, account)
  return target(options, places, account, { hostKeys, principal, child, port })
}

interface Places {
  readonly folder: string
  readonly own: string
  readonly home: string
  readonly log: string
  readonly config: string
}

interface Running {
  readonly hostKeys: readonly Uint8Array[]
  readonly principal: string
  readonly child: ChildProcess
  readonly port: number
}

function target(options: SshdOptions, places: Places, account: SshdAccount, running: Running): SshTarget {
  const { child, port, hostKeys, principal } = running
  const pid = child.pid ?? 0
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= end(child, places, account, options))
  return {
    targetId: options.targetId,
    address: '127.0.0.1',
    port,
    account: account.name,
    uid: account.uid,
    home: account.home,
    folder: places.folder,
    principal,
    hostKeys,
    pid,
    config: places.config,
    logFile: places.log,
    log: () => readFile(places.log, 'utf8'),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function keyLine(blob: Uint8Array): string {
  const key = parsePublicKey(blob)
  if (!key.ok) throw new Error('an authority is an Ed25519 or P-256 public key')
  return `${publicKeyLine(key.value)}\n`
}

function typesOf(options: SshdOptions): readonly string[] {
  return options.hostKeyTypes ?? ['ed25519']
}

async function hostKeysIn(own: string, options: SshdOptions): Promise<readonly Uint8Array[]> {
  const blobs: Uint8Array[] = []
  for (const type of typesOf(options)) {
    const file = join(own, `host_${type}`)
    const there = await access(file).then(
      () => true,
      () => false,
    )
    if (!there) await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', options.targetId, '-f', file])
    if (options.hostAuthority !== undefined) {
      const words = ['-q', '-s', options.hostAuthority, '-h', '-I', 'host', '-n', options.targetId]
      await run('ssh-keygen', [...words, `${file}.pub`])
    }
    const key = parsePublicKeyLine(await readFile(`${file}.pub`, 'utf8'))
    if (!key.ok) throw new Error('ssh-keygen wrote a key that we do not know')
    blobs.push(key.value.blob)
  }
  return blobs
}

function configText(options: SshdOptions, own: string, port: number): string {
  const certified = options.hostAuthority !== undefined
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...typesOf(options).map((type) => `HostKey ${own}/host_${type}`),
    ...(certified ? typesOf(options).map((type) => `HostCertificate ${own}/host_${type}-cert.pub`) : []),
    `TrustedUserCAKeys ${own}/ca.pub`,
    `AuthorizedPrincipalsFile ${own}/principals`,
    'AuthorizedKeysFile none',
    'PidFile none',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    // The folder may be below /tmp, which everybody may write to.
    'StrictModes no',
    'AllowAgentForwarding no',
    'AllowTcpForwarding no',
    'AllowStreamLocalForwarding no',
    'X11Forwarding no',
    'PermitTunnel no',
    'PermitTTY no',
    'PermitUserRC no',
    `MaxStartups ${options.maxStartups ?? '1000'}`,
    'LogLevel VERBOSE',
    ...(options.forceCommand === undefined ? [] : [`ForceCommand ${options.forceCommand}`]),
    ...(options.settings ?? []),
    '',
  ].join('\n')
}

/** Finding a free port and taking it are two things: another process may be quicker. */
async function listen(options: SshdOptions, places: Places, account: SshdAccount) {
  for (let left = 5; ; left--) {
    const port = options.port ?? (await freePort())
    await writeFile(places.config, configText(options, places.own, port), { mode: 0o600 })
    await writeFile(places.log, '')
    if (process.getuid?.() === 0) await giveTo(account, places)
    const child = spawnSshd(places, account, options.mounts)
    const words = await listening(child, places.log)
    if (words === undefined) return { child, port }
    if (left === 0 || options.port !== undefined || !words.includes('Address already in use'))
      throw new Error(`sshd does not start: ${words}`)
  }
}

async function giveTo({ uid, gid }: SshdAccount, { own, home }: Places): Promise<void> {
  await run('chown', ['-R', `${uid}:${gid}`, own])
  await chown(home, uid, gid)
}

function spawnSshd(places: Places, account: SshdAccount, mounts: string | undefined): ChildProcess {
  const { uid, gid } = account
  const become = process.getuid?.() === 0 ? ['--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups'] : []
  // It ends with us, however we end. Each of these becomes the next, so that the pid is sshd's.
  const sshd = [
    'setpriv',
    ...become,
    '--pdeathsig',
    'TERM',
    sshdBinary,
    '-D',
    '-E',
    places.log,
    '-f',
    places.config,
  ]
  const [first = '', ...words] =
    mounts === undefined ? sshd : ['unshare', '--mount', 'sh', '-ec', `${mounts}\nexec "$@"`, 'sh', ...sshd]
  return spawn(first, words, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: account.home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

const sshdBinary = '/usr/sbin/sshd'

/** Nothing when it listens, otherwise what it said before it ended. */
async function listening(child: ChildProcess, log: string): Promise<string | undefined> {
  let complaint = ''
  child.stderr?.on('data', (bytes: Buffer) => (complaint += bytes.toString()))
  child.on('error', (error) => (complaint += error.message))
  for (let left = 1000; left > 0; left--) {
    const text = await readFile(log, 'utf8')
    if (text.includes('Server listening on')) return undefined
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return `${complaint}${text}`
    await sleep(10)
  }
  child.kill('SIGKILL')
  return `${complaint} it does not listen`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

async function end(child: ChildProcess, places: Places, account: SshdAccount, options: SshdOptions) {
  // Connections are processes of their own, which outlive the one that listens.
  const sessions = await childrenOf(child.pid ?? 0)
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  for (const pid of sessions) endProcess(pid)
  await remove(account, places, options)
}

async function remove(account: SshdAccount, places: Places, options: SshdOptions): Promise<void> {
  await removePassingAccount(account)
  if (options.folder === undefined) await rm(places.folder, { recursive: true, force: true })
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.trim().split(' ').filter(Boolean).map(Number)
}
