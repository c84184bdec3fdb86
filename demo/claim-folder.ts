import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Fault } from '@chaperone/encoding'
import { endLeftovers, lockInstallation } from '@chaperone/installation'
import { UsageError } from './arguments.ts'

/**
 * Takes a folder for this demonstration alone, as long as the answer is not disposed of. A folder that holds anything
 * else is left alone: `--reset` throws away what is in it.
 */
export async function claimFolder(folder: string, reset: boolean): Promise<Disposable> {
  const own = join(folder, 'demo')
  if (existsSync(folder) && !existsSync(join(own, 'lock')) && readdirSync(folder).length > 0) {
    throw new UsageError(`${folder} is not empty and holds no demonstration: choose another --folder`)
  }
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const lock = lockDemonstration(own, folder)
  // A demonstration that was killed could not stop its processes: they still have their ports.
  await endLeftovers(folder, (_, line) => process.stderr.write(`${line}\n`))
  if (reset) empty(folder, own)
  return lock
}

function lockDemonstration(own: string, folder: string): Disposable {
  try {
    return lockInstallation(own)
  } catch (error) {
    if (error instanceof Fault && error.code === 'installation-in-use')
      throw new UsageError(`a demonstration in ${folder} is running already`)
    throw error
  }
}

/** Everything but the lock that we hold. */
function empty(folder: string, own: string): void {
  for (const name of readdirSync(folder))
    if (join(folder, name) !== own) rmSync(join(folder, name), { recursive: true })
  for (const name of readdirSync(own)) if (name !== 'lock') rmSync(join(own, name), { recursive: true })
}
