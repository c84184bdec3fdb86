import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { claimFolder } from './claim-folder.ts'

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'cd-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

test('a folder is one demonstration’s at a time', async () => {
  using folder = temporaryFolder()
  {
    using _claim = await claimFolder(folder.path, false)
    await expect(claimFolder(folder.path, true)).rejects.toThrow('is running already')
  }
  using _again = await claimFolder(folder.path, false)
})

test('a reset throws the data away', async () => {
  using folder = temporaryFolder()
  {
    using _claim = await claimFolder(folder.path, false)
    mkdirSync(join(folder.path, 'signer'))
    writeFileSync(join(folder.path, 'demo', 'key'), '')
  }
  using _claim = await claimFolder(folder.path, true)
  expect([join(folder.path, 'signer'), join(folder.path, 'demo', 'key')].filter(existsSync)).toEqual([])
})

test('without one the data stays', async () => {
  using folder = temporaryFolder()
  {
    using _claim = await claimFolder(folder.path, false)
    writeFileSync(join(folder.path, 'root.json'), 'root')
  }
  using _claim = await claimFolder(folder.path, false)
  expect(readFileSync(join(folder.path, 'root.json'), 'utf8')).toBe('root')
})

test.for([false, true])('a folder with anything else in it is left alone (reset: %s)', async (reset) => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'thesis.tex'), 'years of work')
  await expect(claimFolder(folder.path, reset)).rejects.toThrow('holds no demonstration')
  expect(readFileSync(join(folder.path, 'thesis.tex'), 'utf8')).toBe('years of work')
})
