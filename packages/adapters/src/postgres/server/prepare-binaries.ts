import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { canRead, type SystemAccount } from './account.ts'
import type { PostgresBinaries } from './find-binaries.ts'

/** Programs that `account` can start, with the environment they need. */
export interface RunnableBinaries {
  readonly bin: string
  readonly major: number
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Makes found programs runnable. The npm package comes without the links its libraries need when
 * install scripts are off, so the links are made in our runtime folder and the package stays as it
 * was installed. A package that the account cannot reach (a clone below a private folder) is copied
 * once.
 */
export function prepareBinaries(
  found: PostgresBinaries,
  runtimeFolder: string,
  account: SystemAccount | undefined,
): RunnableBinaries {
  if (found.bundle === undefined) return { bin: found.bin, major: found.major, environment: {} }
  const bundle = canRead(join(found.bundle, 'bin', 'postgres'), account)
    ? found.bundle
    : copiedBundle(found.bundle, runtimeFolder)
  const links = linkLibraries(bundle, runtimeFolder)
  return {
    bin: join(bundle, 'bin'),
    major: found.major,
    environment: { LD_LIBRARY_PATH: `${links}:${join(bundle, 'lib')}` },
  }
}

/** Named by the original's build, so that an update of the package is copied anew. */
function copiedBundle(bundle: string, runtimeFolder: string): string {
  const { size, mtimeMs } = statSync(join(bundle, 'bin', 'postgres'))
  const copy = join(runtimeFolder, `postgres-${size}-${Math.floor(mtimeMs)}`)
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.new`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(bundle, unfinished, { recursive: true })
  renameSync(unfinished, copy)
  return copy
}

interface LibraryLink {
  readonly source: string
  readonly target: string
}

function linkLibraries(bundle: string, runtimeFolder: string): string {
  const folder = join(runtimeFolder, 'lib')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o755 })
  const list = JSON.parse(readFileSync(join(bundle, 'pg-symlinks.json'), 'utf8')) as readonly LibraryLink[]
  for (const { source, target } of list) {
    symlinkSync(join(bundle, 'lib', basename(source)), join(folder, basename(target)))
  }
  return folder
}
