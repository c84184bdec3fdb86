// Everything that can be said about the sources without running the product. All checks run, whatever fails before.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { root } from '../set-up/root.js'
import { run } from '../set-up/run.js'
import { checkResults } from './results.js'

const pure = [
  'encoding',
  'tlog',
  'recording',
  'domain',
  'shell',
  'analysis',
  'runner',
  'verify',
  'signing',
  'policy',
]
const bin = (packageName, path) => join(root, 'node_modules', packageName, path)
const tsc = bin('typescript', 'bin/tsc')

const checks = [
  ['format', bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  ['lint', bin('eslint', 'bin/eslint.js'), '--max-warnings', '0', '.'],
  ['types, pure packages', tsc, '-p', 'tsconfig.pure.json'],
  ['types', tsc, '-p', 'tsconfig.json'],
  ['types, web', tsc, '-p', 'apps/web', '--noEmit'],
  ['types, desk page', tsc, '-p', 'apps/desk/page', '--noEmit'],
  [
    'arrows',
    bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err',
    ...['packages', 'apps', 'demo', 'e2e', 'bench'],
  ],
  [
    'unit',
    bin('vitest', 'vitest.mjs'),
    'run',
    '--reporter',
    'dot',
    ...pure.map((name) => `packages/${name}/`),
  ],
]

const failed = []
for (const [name, ...command] of checks) {
  const began = performance.now()
  const code = await run(process.execPath, command)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`check: ${name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)`)
  if (code !== 0) failed.push(name)
}
await mkdir(dirname(checkResults), { recursive: true })
await writeFile(
  checkResults,
  JSON.stringify({ passed: checks.length - failed.length, failed: failed.length }),
)
console.log(
  failed.length === 0 ? `check: all ${checks.length} passed` : `check: failed: ${failed.join(', ')}`,
)
process.exitCode = failed.length === 0 ? 0 : 1
