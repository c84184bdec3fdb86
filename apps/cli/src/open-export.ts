import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { exportSource, tarSource, type ExportSource } from '@chaperone/verify'
import { Refused, UsageError } from './refused.ts'

/** Opens an export: a folder, or the tar file that the gateway hands out. */
export function openExport(path: string): ExportSource & Disposable {
  if (!existsSync(path)) throw new UsageError(`there is no export at \`${path}\``)
  return statSync(path).isDirectory() ? folderExport(path) : tarExport(path)
}

function folderExport(folder: string): ExportSource & Disposable {
  const parts = new Set(readdirSync(folder))
  const source = exportSource((name, offset, length) => {
    // A log without recordings is asked for one at every run: the system need not be.
    if (!parts.has(name.split('/', 1)[0] ?? '')) return undefined
    // Names come from the export's own files: none may lead out of the folder.
    if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined
    const file = join(folder, name)
    if (!existsSync(file)) return undefined
    const descriptor = openSync(file, 'r')
    try {
      return readAt(descriptor, offset, length)
    } finally {
      closeSync(descriptor)
    }
  })
  return { ...source, [Symbol.dispose]: () => undefined }
}

function tarExport(path: string): ExportSource & Disposable {
  const descriptor = openSync(path, 'r')
  const source = tarSource(fstatSync(descriptor).size, (offset, length) => readAt(descriptor, offset, length))
  if (!source.ok) {
    closeSync(descriptor)
    throw new Refused(source.error, `\`${path}\` is neither a folder nor a whole tar file`)
  }
  return { ...source.value, [Symbol.dispose]: () => closeSync(descriptor) }
}

/** What there is from `position` on, at most `length` bytes. */
function readAt(descriptor: number, position: number, length: number): Uint8Array {
  const most = Math.max(0, Math.min(length, fstatSync(descriptor).size - position))
  const bytes = new Uint8Array(most)
  for (let done = 0; done < most;) {
    const read = readSync(descriptor, bytes, done, most - done, position + done)
    if (read === 0) return bytes.subarray(0, done)
    done += read
  }
  return bytes
}
