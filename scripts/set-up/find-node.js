import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { root } from './root.js'
import { SetUpError } from './set-up-error.js'

const needed = 24

/** The Node of the lock file where there is one for this machine, else the one that runs us if it is new enough. */
export async function findNode() {
  const own = join(root, 'node_modules', '.bin', 'node')
  for (const node of [own, process.execPath]) if ((await majorOf(node)) >= needed) return node
  throw new SetUpError(
    `set-up: this machine needs Node ${needed} or newer, and the lock file brings none for it`,
  )
}

async function majorOf(node) {
  try {
    const { stdout } = await promisify(execFile)(node, ['--version'])
    return Number(/^v(\d+)\./.exec(stdout)?.[1] ?? 0)
  } catch {
    return 0
  }
}
