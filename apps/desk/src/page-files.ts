import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface PageFile {
  readonly type: string
  readonly content: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/**
 * The page by file name, read once: what is served is a closed table, so that no address can reach another file, and
 * the files may lie where only root reads.
 */
export function readPageFiles(folder = join(import.meta.dirname, '../page')): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)]
    if (type !== undefined) files.set(name, { type, content: readFileSync(join(folder, name)) })
  }
  return files
}
