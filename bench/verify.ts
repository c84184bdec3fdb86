import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * `chaperone verify` of a million entries of which one in twenty carries a signature, beside its floor: the SHA-256 of the
 * same bytes by the same platform. Each measurement has a process of its own, so that its memory is its own; they take
 * turns, so that whatever else the machine does disturbs all alike.
 */
const entries = Number(process.argv[2] ?? 1_000_000)
const rounds = Number(process.argv[3] ?? 3)
const bars = { tree: 200_000, replay: 40_000, megabytes: 300 }

interface Measured {
  readonly seconds: number
  /** Processor time of the one thread that verifies: less than `seconds` where the machine is shared. */
  readonly cpuSeconds: number
  readonly megabytes: number
  readonly entries: number
  readonly detail?: string
}

const folder = join(tmpdir(), `chaperone-bench-verify-3-${entries}`)
if (!existsSync(folder)) makeLog()

const kinds = ['floor', 'tree', 'replay'] as const
const results: Record<(typeof kinds)[number], Measured[]> = { floor: [], tree: [], replay: [] }
for (let round = 0; round < rounds; round++)
  for (const kind of kinds) results[kind].push(part('measure', kind))
report()

function makeLog(): void {
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished)
  try {
    const made = part('make', unfinished, String(entries))
    console.log(
      `made a log of ${made.entries} entries in ${made.seconds.toFixed(1)} s (${made.detail ?? ''})`,
    )
    renameSync(unfinished, folder)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

function part(name: 'make' | 'measure', ...args: readonly string[]): Measured {
  const file = fileURLToPath(new URL(`verify/${name}.ts`, import.meta.url))
  const all = name === 'make' ? args : [folder, ...args]
  const done = spawnSync(process.execPath, [file, ...all], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (done.status !== 0) throw new Error(`${name} ${args.join(' ')} failed`)
  return JSON.parse(done.stdout) as Measured
}

function report(): void {
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const rate = (kind: (typeof kinds)[number]) => median(results[kind].map((one) => one.entries / one.seconds))
  const memory = Math.max(...results.replay.map((one) => one.megabytes))
  const floor = rate('floor')
  for (const kind of kinds) {
    const all = results[kind].map(
      (one) => `${(one.entries / one.seconds / 1000).toFixed(0)}k/s ${one.megabytes.toFixed(0)} MB`,
    )
    const times = (floor / rate(kind)).toFixed(1)
    const alone = median(results[kind].map((one) => one.entries / one.cpuSeconds))
    console.log(
      `${kind.padEnd(7)} ${rate(kind).toFixed(0).padStart(9)} entries/s  ${times} × floor  ${alone.toFixed(0).padStart(8)}/s of its thread's processor time   rounds: ${all.join(', ')}`,
    )
  }
  console.log(results.replay.at(-1)?.detail ?? '')
  const met = [
    [`tree alone at least ${bars.tree}/s`, rate('tree') >= bars.tree],
    [`whole replay at least ${bars.replay}/s`, rate('replay') >= bars.replay],
    [`peak memory under ${bars.megabytes} MB: ${memory.toFixed(0)} MB`, memory < bars.megabytes],
  ] as const
  for (const [bar, reached] of met) console.log(`${reached ? 'met   ' : 'MISSED'} ${bar}`)
  if (met.some(([, reached]) => !reached)) process.exitCode = 1
}
