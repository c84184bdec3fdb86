#!/usr/bin/env node
// Runs the command line with the Node of the lock file: the machine's own may be too old to read TypeScript. Plain
// JavaScript, since an old Node would stop at the first type.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const needed = 24
const main = new URL('../src/main.ts', import.meta.url)

if (Number(process.versions.node.split('.')[0]) >= needed) {
  await import(main.href)
} else {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
  if (!existsSync(node)) {
    process.stderr.write(
      `chaperone: needs Node ${needed} or newer; run \`npm ci --ignore-scripts\` in the clone\n`,
    )
    process.exit(2)
  }
  const done = spawnSync(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exit(done.status ?? 3)
}
