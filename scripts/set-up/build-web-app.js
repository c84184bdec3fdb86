import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './root.js'
import { run } from './run.js'
import { SetUpError } from './set-up-error.js'

/** What the web app is made of. */
const sources = [
  'package-lock.json',
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'apps/web/public',
  'apps/web/src',
  'packages/contract/src',
  'packages/domain/src',
  'packages/encoding/src',
]

/** Builds the web app when there is no build or a source is newer than it. */
export async function buildWebApp(node) {
  const built = await newest('apps/web/dist/index.html')
  const changed = Math.max(...(await Promise.all(sources.map((source) => newest(source)))))
  if (built > changed) return
  process.stderr.write('set-up: building the web app (vite build apps/web)\n')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const code = await run(node, [vite, 'build', 'apps/web', '--logLevel', 'warn'], { stdio: ['ignore', 2, 2] })
  if (code !== 0) throw new SetUpError('set-up: the web app could not be built; see above')
}

/** When a file, or the newest file below a folder, was written; 0 when there is none. */
async function newest(path) {
  const at = join(root, path)
  const status = await stat(at).catch(() => undefined)
  if (status === undefined) return 0
  if (!status.isDirectory()) return status.mtimeMs
  const names = await readdir(at)
  return Math.max(0, ...(await Promise.all(names.map((name) => newest(join(path, name))))))
}
