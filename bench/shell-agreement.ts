import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { parseBash, surelyRefused } from '@chaperone/shell'

/**
 * How often our reading of shell text and `bash -n` agree on what is shell text, over files with one JSON object a line
 * that has a `command`: `node bench/shell-agreement.ts FILE ...`. Prints every difference; fails below 99.9 %.
 */
const bar = 0.999

const texts = [...new Set(process.argv.slice(2).flatMap(readCommands))]
if (texts.length === 0) throw new Error('name at least one file of commands')
const accepts = askBash(texts)
const ours = texts.map((text) => !parseBash(text).errors.some((error) => error.kind !== 'open-here-document'))
const different = texts.filter((_, i) => ours[i] !== accepts[i])
for (const text of different)
  console.log(
    `${ours[texts.indexOf(text)] === true ? 'we read' : 'bash reads'}: ${JSON.stringify(text.slice(0, 200))}`,
  )
const wrong = texts.filter((text, i) => ours[i] === false && accepts[i] === true && surelyRefused(text))
const share = 1 - different.length / texts.length
console.log(
  `${texts.length} texts, ${(100 * share).toFixed(3)} % agreement; called refused though bash reads them: ${wrong.length}`,
)
if (share < bar || wrong.length > 0) process.exitCode = 1

function readCommands(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  const rows = lines.map((line) => JSON.parse(line) as { readonly command: string; readonly shell?: string })
  return rows.filter(({ shell }) => shell === undefined || shell === 'bash').map(({ command }) => command)
}

function askBash(all: readonly string[]): readonly boolean[] {
  const script =
    'while IFS= read -r -d "" t; do if bash -O extglob -n <<<"$t" 2>/dev/null; then echo 1; else echo 0; fi; done'
  const input = all.map((text) => `${text.replaceAll('\0', '')}\0`).join('')
  const { stdout } = spawnSync('bash', ['-c', script], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => line === '1')
}
