import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '@chaperone/encoding'

/**
 * Keeps a second start away from an installation's folder. The kernel's lock ends with this process however it ends.
 * Faults: `installation-in-use`, `lock-unavailable`.
 */
export function lockInstallation(folder: string): Disposable {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW
  const descriptor = openSync(join(folder, 'lock'), flags, 0o600)
  // flock(1) locks the open file that it inherits; it stays locked while we keep it open.
  const lock = spawnSync('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] })
  if (lock.status === 0) return { [Symbol.dispose]: () => closeSync(descriptor) }
  closeSync(descriptor)
  if (lock.status === 1) {
    throw new Fault('installation-in-use', `the installation in \`${folder}\` is running already`)
  }
  throw new Fault('lock-unavailable', 'cannot run flock (util-linux)', { cause: lock.error })
}
