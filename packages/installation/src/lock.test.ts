import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockInstallation } from './lock.ts'
import { temporaryFolder } from '../test/first-installation.ts'

test('one at a time', () => {
  using folder = temporaryFolder()
  {
    using _lock = lockInstallation(folder.path)
    expect(() => lockInstallation(folder.path)).toThrow(
      expect.objectContaining({ code: 'installation-in-use' }),
    )
  }
  using _again = lockInstallation(folder.path)
})

test('the lock ends with its process, however that ends', async () => {
  using folder = temporaryFolder()
  const lock = JSON.stringify(join(import.meta.dirname, 'lock.ts'))
  const script = `const { lockInstallation } = await import(${lock}); globalThis.held = lockInstallation(${JSON.stringify(folder.path)}); console.log('locked'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(() => lockInstallation(folder.path)).toThrow(
    expect.objectContaining({ code: 'installation-in-use' }),
  )
  child.kill('SIGKILL')
  await once(child, 'exit')
  using _lock = lockInstallation(folder.path)
})
