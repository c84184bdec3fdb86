import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { supervise, type Part } from './supervise.ts'
import { temporaryFolder } from '../test/first-installation.ts'

/** A process that writes its pid when it is up; `body` runs after that. */
function part(folder: string, body: string): Part {
  const script = join(folder, 'part.mjs')
  const up = join(folder, 'up')
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(up)}, process.pid + '\\n')\n${body}`,
  )
  return {
    name: 'part',
    command: process.execPath,
    args: [script],
    ready: () => Promise.resolve(existsSync(up)),
  }
}

const startsIn = (folder: string) => readFileSync(join(folder, 'up'), 'utf8').trim().split('\n').map(Number)
const stays = 'setInterval(() => {}, 1000)'
const notGivenUp = () => expect.unreachable('given up')

test('passes on what it says, and ends it', async () => {
  using folder = temporaryFolder()
  const said: string[] = []
  const running = await supervise(
    part(folder.path, `console.log('hello'); console.error('there'); ${stays}`),
    (source, line) => said.push(`${source}: ${line}`),
    notGivenUp,
  )
  await expect.poll(() => [...said].sort()).toEqual(['part: hello', 'part: there'])
  const pid = running.pid() ?? 0
  await running.stop()
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('starts again what ends by itself', async () => {
  using folder = temporaryFolder()
  const running = await supervise(part(folder.path, stays), () => undefined, notGivenUp)
  try {
    process.kill(running.pid() ?? 0, 'SIGKILL')
    await expect.poll(() => startsIn(folder.path).length, { timeout: 10_000 }).toBe(2)
    await expect.poll(() => running.pid()).toBe(startsIn(folder.path)[1])
  } finally {
    await running.stop()
  }
})

test('a part that ends before it answers did not start', async () => {
  using folder = temporaryFolder()
  const never = { ...part(folder.path, 'process.exit(7)'), ready: () => Promise.resolve(false) }
  await expect(supervise(never, () => undefined, notGivenUp)).rejects.toMatchObject({
    code: 'part-did-not-start',
    message: 'part ended while it started (exit 7)',
  })
})

test('a program that is not there did not start', async () => {
  using folder = temporaryFolder()
  const never = {
    ...part(folder.path, ''),
    command: join(folder.path, 'no'),
    ready: () => Promise.resolve(false),
  }
  await expect(supervise(never, () => undefined, notGivenUp)).rejects.toThrow('ENOENT')
})
