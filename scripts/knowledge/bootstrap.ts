// Reads which words programs have from documentation that may be reused (knowledge/SOURCES.md):
//   node scripts/knowledge/bootstrap.ts words --zsh FOLDER --fig FOLDER     writes knowledge/generated/words.jsonl
//   node scripts/knowledge/bootstrap.ts skeleton NAME                        prints the start of an entry for review
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { merge, pruned } from './bootstrap/documented.ts'
import type { Documented } from './bootstrap/documented.ts'
import { readFig } from './bootstrap/read-fig.ts'
import { readZsh } from './bootstrap/read-zsh.ts'

export const wordsPath = join(import.meta.dirname, '../../knowledge/generated/words.jsonl')

async function writeWords(zshFolder: string, figFolder: string): Promise<void> {
  const found = new Map(await readZsh(zshFolder))
  // zsh first: it knows GNU's options, the other knows macOS better.
  for (const [name, documented] of await readFig(figFolder)) {
    const known = found.get(name)
    if (typeof known === 'object') merge(known, documented)
    else found.set(name, documented)
  }
  const lines = [...found]
    .filter(([, value]) => saysSomething(typeof value === 'string' ? found.get(value) : value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) =>
      JSON.stringify([name, typeof value === 'string' ? value : compact(pruned(value))]),
    )
  await writeFile(wordsPath, `${lines.join('\n')}\n`)
  console.log(`${lines.length} programs`)
}

function saysSomething(value: Documented | string | undefined): boolean {
  if (typeof value !== 'object') return false
  const { options, subcommands } = value
  return Object.keys(options).length + Object.keys(subcommands).length > 0
}

/** `[text, options, subcommands]` without what is empty at the end. */
type Compact = readonly [string, Readonly<Record<string, string>>?, Readonly<Record<string, Compact>>?]

function compact({ text, options, subcommands }: Documented): Compact {
  const subs = Object.fromEntries(Object.entries(subcommands).map(([name, sub]) => [name, compact(sub)]))
  if (Object.keys(subs).length > 0) return [text, options, subs]
  return Object.keys(options).length > 0 ? [text, options] : [text]
}

async function printSkeleton(name: string): Promise<void> {
  for (const line of (await readFile(wordsPath, 'utf8')).split('\n')) {
    if (!line.startsWith(`[${JSON.stringify(name)},`)) continue
    const [, [summary, options]] = JSON.parse(line) as [string, Compact]
    console.log(
      stringify({ command: name, summary, section: '', sources: ['zsh', 'fig'], reviewed: '', options }),
    )
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { zsh: { type: 'string' }, fig: { type: 'string' } },
})
const [task, name = ''] = positionals
if (task === 'words') await writeWords(values.zsh ?? '', values.fig ?? '')
else if (task === 'skeleton') await printSkeleton(name)
else {
  console.error('usage: bootstrap.ts words --zsh FOLDER --fig FOLDER | skeleton NAME')
  process.exitCode = 2
}
