import { spawnSync } from 'node:child_process'
import { Fault } from '@chaperone/encoding'

/** An operating system account that one of our processes runs as. */
export interface SystemAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * The account of this name, made when it is missing (root only): a system account with a group of
 * its own, no password, no shell and no home folder. Faults: `account-missing`.
 */
export function ensureSystemAccount(name: string): SystemAccount {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw new Fault('account-missing', `\`${name}\` is no account name`)
  return findAccount(name) ?? createAccount(name)
}

function findAccount(name: string): SystemAccount | undefined {
  const found = spawnSync('getent', ['passwd', name], { encoding: 'utf8' })
  const [, , uid, gid] = found.status === 0 ? found.stdout.trim().split(':') : []
  return uid === undefined || gid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) }
}

function createAccount(name: string): SystemAccount {
  const words = ['-r', '-U', '-M', '-d', '/nonexistent', '-s', '/usr/sbin/nologin', name]
  const made = spawnSync('useradd', words, { encoding: 'utf8' })
  // Another process may have made it in the meantime; what counts is that it is there.
  const account = findAccount(name)
  if (account !== undefined) return account
  const text = `the system account \`${name}\` does not exist and cannot be made: useradd ${words.join(' ')}`
  throw new Fault('account-missing', text, { cause: made.error ?? made.stderr })
}
