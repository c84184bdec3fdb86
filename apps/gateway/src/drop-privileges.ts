import process from 'node:process'

/** Becomes an ordinary account for good. Called when every module is loaded: the code may lie where only root reads. */
export function dropPrivileges(
  account: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | undefined,
): void {
  if (account === undefined || process.getuid?.() !== 0) return
  process.setgroups?.([...account.groups, account.gid])
  process.setgid?.(account.gid)
  process.setuid?.(account.uid)
}
