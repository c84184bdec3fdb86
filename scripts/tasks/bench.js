// Runs each measurement in turn, so that none disturbs another. Arguments choose some by name.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../set-up/root.js'
import { run } from '../set-up/run.js'

const wanted = process.argv.slice(2)
const files = (await readdir(join(root, 'bench'))).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
)
const chosen = files.filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -3))).sort()
const failed = []
for (const name of chosen) {
  console.log(`\n# ${name.slice(0, -3)}`)
  if ((await run(process.execPath, [join('bench', name)])) !== 0) failed.push(name)
}
if (chosen.length === 0) console.log(`bench: nothing to run; there are ${files.join(', ')}`)
if (failed.length > 0) console.log(`bench: failed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 || chosen.length === 0 ? 1 : 0
