// Runs every test and says how many passed. Arguments are passed on to vitest.
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { root } from '../set-up/root.js'
import { run } from '../set-up/run.js'
import { readTestResults, testResults } from './results.js'

await mkdir(dirname(testResults), { recursive: true })
await rm(testResults, { force: true })
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reporters = ['--reporter', 'default', '--reporter', 'json', '--outputFile.json', testResults]
const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}` }
const code = await run(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], { env })
const counts = await readTestResults().catch(() => ({ passed: 0, failed: 1, skipped: 0 }))
// Vitest also fails for errors outside any test: that must not print as nothing failed.
const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed
console.log(
  `test: ${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
)
process.exitCode = code === 0 && failed > 0 ? 1 : code
