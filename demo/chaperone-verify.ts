import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Verification } from '@chaperone/verify'

const chaperone = fileURLToPath(new URL('../apps/cli/bin/chaperone.js', import.meta.url))

/** What `chaperone verify` says of an export, and its exit code. */
export function chaperoneVerify(file: string, root: string, ...more: readonly string[]) {
  const words = [chaperone, '--json', 'verify', file, '--root', root, ...more]
  const done = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (done.stdout === '') throw new Error(`chaperone verify said nothing: ${done.stderr}`)
  return { verification: JSON.parse(done.stdout) as Verification, status: done.status }
}
