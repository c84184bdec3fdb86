import type { ExportSource } from '@chaperone/verify'

/** The files of a tar, read in another way than it was written: by the numbers in its headers. */
export function untar(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>()
  let at = 0
  while (at + 512 <= archive.length && archive[at] !== 0) {
    const text = (from: number, length: number) =>
      archive.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '')
    const size = parseInt(text(124, 12), 8)
    const prefix = text(345, 155)
    const path = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
    files.set(path, archive.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  if (archive.length - at < 1024) throw new Error('the archive was cut short')
  return files
}

export function exportSource(files: ReadonlyMap<string, Buffer>): ExportSource {
  return {
    read: (path) => files.get(path),
    lines: (path) => (files.get(path)?.toString('utf8') ?? '').split('\n').filter((line) => line !== ''),
  }
}
