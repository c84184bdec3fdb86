#!/usr/bin/env node
// Sets the clone up as far as a task needs it, then runs the task with the Node of the lock file. Plain JavaScript
// without dependencies: it is what runs before anything is installed, on Node 20 or newer.
import process from 'node:process'
import { buildWebApp } from './set-up/build-web-app.js'
import { findNode } from './set-up/find-node.js'
import { installDebianPackages } from './set-up/install-debian-packages.js'
import { installNodePackages } from './set-up/install-node-packages.js'
import { run } from './set-up/run.js'
import { SetUpError } from './set-up/set-up-error.js'

const tasks = {
  demo: { debian: ['openssh-server'], web: true, script: 'demo/main.ts' },
  test: { debian: ['openssh-server', 'chromium'], web: true, script: 'scripts/tasks/test.js' },
  check: { debian: [], web: false, script: 'scripts/tasks/check.js' },
  bench: { debian: ['openssh-server'], web: true, script: 'scripts/tasks/bench.js' },
  start: { debian: ['openssh-client'], web: true, script: 'apps/cli/src/main.ts', before: ['serve'] },
}

async function main([name, ...args]) {
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined
  if (task === undefined) {
    throw new SetUpError(`usage: node scripts/set-up.js ${Object.keys(tasks).join('|')} [arguments]`)
  }
  await installNodePackages()
  await installDebianPackages(task.debian)
  const node = await findNode()
  if (task.web) await buildWebApp(node)
  return await run(node, [task.script, ...(task.before ?? []), ...args])
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
