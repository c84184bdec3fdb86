import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { cloneFolder, type Places } from './places.ts'
import type { Accounts } from './accounts.ts'
import type { SystemAccount } from './system-account.ts'

/**
 * Makes an installation's folders with their owners and modes, whatever the umask says; run again at every start, so
 * that a mode somebody loosened is tight again. A process's own folder is closed to the others. Sockets are reached
 * by the group of the process that may call: the folder's set-group-id bit gives them that group.
 */
export function layOut(places: Places, accounts: Accounts | undefined): void {
  const { sockets } = places
  makeFolder(places.folder)
  own(places.gateway, accounts?.gateway, accounts?.gateway, 0o700)
  own(places.desk, accounts?.desk, accounts?.desk, 0o700)
  own(places.signer, accounts?.signer, accounts?.signer, 0o700)
  own(join(places.folder, 'run'), undefined, undefined, 0o755)
  own(sockets.signerFolder, accounts?.signer, accounts?.gateway, 0o2750)
  own(sockets.agents, accounts?.signer, accounts?.gateway, 0o2750)
  own(sockets.officerFolder, accounts?.signer, undefined, 0o755)
  own(join(places.folder, 'db'), undefined, undefined, 0o755)
}

/** Makes an installation's own folder, which everybody may pass through. */
export function makeFolder(folder: string): void {
  own(folder, undefined, undefined, 0o755)
}

function own(
  folder: string,
  owner: SystemAccount | undefined,
  group: SystemAccount | undefined,
  mode: number,
): void {
  mkdirSync(folder, { recursive: true })
  chownSync(folder, owner?.uid ?? -1, group?.gid ?? -1)
  chmodSync(folder, mode)
}

/** Writes a file that only `owner` reads, complete or not at all. */
export function writePrivate(
  path: string,
  content: string | Uint8Array,
  owner: SystemAccount | undefined,
): void {
  write(path, content, 0o400, owner)
}

/** Writes a file without secrets. */
export function writePublic(path: string, content: string): void {
  write(path, content, 0o644, undefined)
}

function write(
  path: string,
  content: string | Uint8Array,
  mode: number,
  owner: SystemAccount | undefined,
): void {
  const whole = `${path}.new`
  rmSync(whole, { force: true })
  writeFileSync(whole, content, { mode, flush: true })
  if (owner !== undefined) chownSync(whole, owner.uid, owner.gid)
  chmodSync(whole, mode)
  renameSync(whole, path)
  syncFolder(dirname(path))
}

/** Makes the new name durable, as the content is: a key that a power cut takes back was never made. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The gateway's account may not reach the clone: it is given a copy of the built web app. */
export function copyWebApp(places: Places): boolean {
  const built = join(cloneFolder, 'apps', 'web', 'dist')
  if (!existsSync(join(built, 'index.html'))) return false
  rmSync(places.web, { recursive: true, force: true })
  cpSync(built, places.web, { recursive: true })
  openToAll(places.web)
  return true
}

/** The copy keeps the clone's modes, which may be closed. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else chmodSync(path, 0o644)
  }
}
