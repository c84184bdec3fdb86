import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The account that a test's sshd runs as, and the only one that can log in there. */
export interface SshdAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  /** Made for one sshd, to be removed with it. */
  readonly passing: boolean
}

export interface SshdAccountWish {
  /** Made when missing and kept; unset: a passing one. */
  readonly name?: string | undefined
  readonly home: string
  readonly shell: string
}

/** As root a dedicated account without a password; otherwise the account that we are, whose home and shell stay its own. */
export async function sshdAccount(wish: SshdAccountWish): Promise<SshdAccount> {
  if (process.getuid?.() !== 0) {
    const { username, uid, gid, homedir } = userInfo()
    return { name: username, uid, gid, home: homedir, passing: false }
  }
  if (wish.name === undefined) await sweepPassingAccounts()
  const name = wish.name ?? `chaperone-${randomBytes(5).toString('hex')}`
  const comment = wish.name === undefined ? passingOf(process.pid) : ''
  const entry = passwdEntry(name)
  if (entry === undefined) {
    const words = ['-r', '-U', '-M', '-c', comment, '-d', wish.home, '-s', wish.shell, '-p', '*', name]
    await changeAccounts('useradd', words)
  }
  if (entry !== undefined && (entry.home !== wish.home || entry.shell !== wish.shell))
    await changeAccounts('usermod', ['-d', wish.home, '-s', wish.shell, name])
  const made = passwdEntry(name)
  if (made === undefined) throw new Error(`no account \`${name}\``)
  return { name, uid: made.uid, gid: made.gid, home: made.home, passing: wish.name === undefined }
}

function passwdEntry(name: string) {
  try {
    const fields = execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).trim().split(':')
    const [, , uid, gid, , home = '', shell = ''] = fields
    return { uid: Number(uid), gid: Number(gid), home, shell }
  } catch {
    return undefined // getent fails for a name that is not there
  }
}

/** Other tests change the same files at the same time; the tools lock them and give up at once. */
async function changeAccounts(tool: string, words: readonly string[]): Promise<void> {
  for (let left = 50; ; left--) {
    try {
      await run(tool, words)
      return
    } catch (error) {
      if (left === 0 || !/lock/.test(String(error))) throw error
      await sleep(100)
    }
  }
}

function passingOf(pid: number): string {
  return `chaperone test account of process ${pid}`
}

/** A test that was killed could not remove its account: whoever makes the next one does. */
async function sweepPassingAccounts(): Promise<void> {
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name = '', , uid, gid, comment = '', home = ''] = line.split(':')
    const pid = Number(/ (\d+)$/.exec(comment)?.[1])
    if (comment !== passingOf(pid) || existsSync(`/proc/${pid}`)) continue
    // Another test may sweep at the same time.
    await removePassingAccount({ name, uid: Number(uid), gid: Number(gid), home, passing: true }).catch(
      () => undefined,
    )
  }
}

/** Ends whatever still runs as a passing account and removes it with its traces. */
export async function removePassingAccount(account: SshdAccount): Promise<void> {
  if (!account.passing) return
  for (let round = 0; round < 100; round++) {
    const left = await processesOf(account.uid)
    if (left.length === 0) break
    for (const pid of left) endProcess(pid)
    await sleep(10)
  }
  await rm(`/var/tmp/chaperone-ran-${account.uid}`, { recursive: true, force: true })
  for (const folder of await readdir('/tmp')) {
    const path = `/tmp/${folder}`
    // A runner that was killed leaves its folder.
    const owner = folder.startsWith('chaperone.') ? await stat(path).catch(() => undefined) : undefined
    if (owner?.uid === account.uid) await rm(path, { recursive: true, force: true })
  }
  await changeAccounts('userdel', [account.name])
}

/** Pids of every process of this uid. */
export async function processesOf(uid: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const owners = await Promise.all(pids.map((pid) => ownerOf(pid)))
  return pids.filter((_, i) => owners[i] === uid)
}

async function ownerOf(pid: number): Promise<number | undefined> {
  try {
    const state = /^State:\s+(\S)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
    return state === 'Z' ? undefined : (await stat(`/proc/${pid}`)).uid
  } catch {
    return undefined // ended meanwhile
  }
}

export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ended meanwhile
  }
}
