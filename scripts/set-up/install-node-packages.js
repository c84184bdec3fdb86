import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { root } from './root.js'
import { run } from './run.js'
import { SetUpError } from './set-up-error.js'

const stamp = join(root, 'node_modules', '.chaperone-lock')

/** Installs what the lock file names, when it changed since the last installation. */
export async function installNodePackages() {
  const lock = createHash('sha256')
    .update(await readFile(join(root, 'package-lock.json')))
    .digest('hex')
  if ((await readFile(stamp, 'utf8').catch(() => '')).trim() === lock) return
  process.stderr.write('set-up: installing node packages (npm ci --ignore-scripts)\n')
  const code = await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  if (code !== 0) throw new SetUpError('set-up: the node packages could not be installed; see above')
  await writeFile(stamp, `${lock}\n`)
}

function runNpm(args) {
  const npm = process.env['npm_execpath']
  // What npm prints goes to stderr: stdout belongs to the task.
  const options = { stdio: ['ignore', 2, 2] }
  return npm?.endsWith('.js') ? run(process.execPath, [npm, ...args], options) : run('npm', args, options)
}
