import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small disk of its own, mounted where a folder is to be; as root only. */
export interface SmallDisk extends Disposable {
  /** Leaves so many bytes. */
  fill(left: number): void
  empty(): void
}

export function canMount(): boolean {
  if (process.getuid?.() !== 0) return false
  const place = mkdtempSync(join(tmpdir(), 'cf-mount-'))
  const mounted = mount(place, 1)
  if (mounted) spawnSync('umount', [place])
  rmSync(place, { recursive: true })
  return mounted
}

export function smallDisk(place: string, mebibytes: number): SmallDisk {
  mkdirSync(place, { recursive: true, mode: 0o755 })
  if (!mount(place, mebibytes)) throw new Error(`no disk could be mounted at ${place}`)
  const ballast = join(place, 'ballast')
  return {
    fill(left) {
      const { bavail, bsize } = statfsSync(place)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)))
    },
    empty: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]: () => void spawnSync('umount', ['-l', place]),
  }
}

function mount(place: string, mebibytes: number): boolean {
  const words = ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', place]
  return spawnSync('mount', words).status === 0
}
