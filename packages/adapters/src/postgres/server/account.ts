import { spawnSync } from 'node:child_process'
import { chownSync, lchownSync, lstatSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '@chaperone/encoding'

/** An operating system account to run as. The name must resolve: `postgres` refuses a nameless uid. */
export interface SystemAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** What `spawn` needs to run as `account`; nothing when we already are who we must be. */
export function identity(account: SystemAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid }
}

/** Whether `account` can read `path`; the kernel is asked, so that groups and ACLs count. */
export function canRead(path: string, account: SystemAccount | undefined): boolean {
  return spawnSync('/usr/bin/test', ['-r', path], { ...identity(account), cwd: '/' }).status === 0
}

/** Throws `folder-unreachable` naming the first parent that keeps `account` out of `folder`. */
export function requireReachable(folder: string, account: SystemAccount | undefined): void {
  if (mayEnter(folder, account)) return
  const closed = ancestors(folder).find((path) => !mayEnter(path, account))
  const text = `\`${account?.name ?? 'this user'}\` cannot reach \`${folder}\`: \`${closed ?? folder}\` is closed to it`
  throw new Fault('folder-unreachable', text)
}

function mayEnter(folder: string, account: SystemAccount | undefined): boolean {
  return spawnSync('/usr/bin/test', ['-x', folder], { ...identity(account), cwd: '/' }).status === 0
}

/** From `/` down to `folder`. */
function ancestors(folder: string): readonly string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [...ancestors(parent), folder]
}

export function give(path: string, account: SystemAccount | undefined): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid)
}

/**
 * Gives a whole tree without following links: a link in it must not hand over a file elsewhere.
 * The folder itself comes last, so that an interrupted walk is seen and done again.
 */
export function giveTree(path: string, account: SystemAccount): void {
  if (lstatSync(path).isDirectory()) {
    for (const name of readdirSync(path)) giveTree(join(path, name), account)
  }
  lchownSync(path, account.uid, account.gid)
}
