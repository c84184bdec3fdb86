import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Fault } from '@chaperone/encoding'

/**
 * Keeps a second supervisor away from `folder` by a kernel lock on `<folder>.lock`. The lock belongs
 * to the open file, so it ends with this process however the process ends, and no stale file can
 * keep anybody out. Faults: `data-folder-in-use`, `lock-unavailable`.
 */
export function lockFolder(folder: string): Disposable {
  const file = `${folder}.lock`
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW
  const descriptor = openSync(file, flags, 0o600)
  // Node cannot lock. flock(1) locks the open file it inherits, which stays open here when it ends.
  const lock = spawnSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] })
  if (lock.status === 0) return { [Symbol.dispose]: () => closeSync(descriptor) }
  closeSync(descriptor)
  if (lock.status === 1) throw new Fault('data-folder-in-use', `another process supervises \`${folder}\``)
  throw new Fault('lock-unavailable', `cannot run flock (util-linux) to lock \`${file}\``, {
    cause: lock.error,
  })
}
