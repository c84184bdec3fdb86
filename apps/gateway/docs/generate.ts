import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiPage } from './api-page.ts'
import { problemPages } from './problem-pages.ts'

const docs = new URL('../../../docs', import.meta.url).pathname

/** Writes docs/api.md and docs/problems/ anew. */
function generate(): void {
  const folder = join(docs, 'problems')
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  for (const [name, text] of problemPages()) writeFileSync(join(folder, name), text)
  writeFileSync(join(docs, 'api.md'), apiPage())
}

generate()
