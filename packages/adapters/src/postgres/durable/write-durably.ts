import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces a file so that after a power cut either the old or the whole new content is there:
 * temporary file, fsync, rename, fsync of the folder. Rejects when any of it fails; after a failed
 * fsync the page cache may lie, so the caller must not try again but end the process.
 */
export async function writeDurably(file: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const unfinished = `${file}.new`
  const handle = await open(unfinished, 'w', mode)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, file)
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Replaces a file at once for whoever reads it; a power cut may leave it old, empty or missing. */
export async function writeWhole(file: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  const unfinished = `${file}.new`
  await writeFile(unfinished, content, { mode })
  await rename(unfinished, file)
}

/** Makes the names in a folder (created, renamed, removed) survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
