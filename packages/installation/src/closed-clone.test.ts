import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { initialise } from './initialise.ts'
import { cloneFolder } from './places.ts'
import { configOnFreePorts, firstInstallation, temporaryFolder } from '../test/first-installation.ts'

/** A mount namespace of its own: the mount ends with its process and is seen by no other. */
const unshared = spawnSync('unshare', ['-m', 'mount', '--bind', '/tmp', '/tmp']).status === 0

const mountAndRun =
  'mount --make-rprivate / && mount --bind "$1" "$2" && cd "$2" && exec "$3" --input-type=module -e "$4"'

test.skipIf(!unshared)(
  'starts from a clone that only root can read (needs root and mount namespaces)',
  async () => {
    using folder = temporaryFolder()
    using clone = closedFolder()
    const made = await initialise({ ...firstInstallation(folder.path), config: await configOnFreePorts() })
    expect(made).toMatchObject({ ok: true })
    const from = JSON.stringify(join(clone.path, 'packages', 'installation', 'src', 'index.ts'))
    const script = `const { startInstallation } = await import(${from})
    const log = (source, line) => console.error(source, line)
    const running = await startInstallation(${JSON.stringify(folder.path)}, { log })
    console.log(running.isolated ? 'isolated' : 'not isolated')
    await running.stop()`
    const node = join(clone.path, 'node_modules', '.bin', 'node')
    const words = ['-m', 'sh', '-c', mountAndRun, 'sh', cloneFolder, clone.path, node, script]
    const done = spawnSync('unshare', words, { encoding: 'utf8' })
    expect({ said: done.stdout, code: done.status }, done.stderr).toEqual({ said: 'isolated\n', code: 0 })
  },
)

/** Where the clone is mounted: removed only when it is empty, since what is mounted there is the repository itself. */
function closedFolder(): Disposable & { readonly path: string } {
  const closed = mkdtempSync(join(tmpdir(), 'ci-closed-'))
  const path = join(closed, 'clone')
  mkdirSync(path)
  return {
    path,
    [Symbol.dispose]() {
      rmdirSync(path)
      rmdirSync(closed)
    },
  }
}
