import process from 'node:process'
import type { DeskConfig } from './config.ts'

/** Becomes an ordinary account for good. Called when all code and the page are loaded: they may lie where only root reads. */
export function dropPrivileges(account: DeskConfig['account']): void {
  if (account === undefined || process.getuid?.() !== 0) return
  process.setgroups?.([...account.groups, account.gid])
  process.setgid?.(account.gid)
  process.setuid?.(account.uid)
}
