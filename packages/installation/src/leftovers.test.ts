import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stopLeftovers } from './leftovers.ts'
import { temporaryFolder } from '../test/first-installation.ts'

test('ends what names one of our configurations, and nothing else', async () => {
  using folder = temporaryFolder()
  const ours = join(folder.path, 'gateway.json')
  const left = await start(folder.path, ours)
  const other = await start(folder.path, join(folder.path, 'other.json'))
  try {
    const gone = once(left, 'exit')
    const said: string[] = []
    await stopLeftovers([ours, join(folder.path, 'desk.json')], (_, line) => said.push(line))
    expect(await gone).toEqual([null, 'SIGTERM'])
    expect(said).toEqual(['ending 1 process(es) that an earlier start left behind'])
    expect(other.exitCode ?? other.signalCode).toBeNull()
  } finally {
    left.kill('SIGKILL')
    other.kill('SIGKILL')
  }
})

test('says nothing where nothing is left', async () => {
  using folder = temporaryFolder()
  await stopLeftovers([join(folder.path, 'gateway.json')], () => expect.unreachable())
})

async function start(folder: string, config: string): Promise<ChildProcess> {
  const script = join(folder, 'main.mjs')
  writeFileSync(script, `console.log('up'); setInterval(() => {}, 1000)`)
  const child = spawn(process.execPath, [script, config], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}
