import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initialise } from './initialise.ts'
import { placesOf } from './places.ts'
import { startInstallation } from './start-installation.ts'
import { healthAnswers } from './readiness.ts'
import { configOnFreePorts, firstInstallation, temporaryFolder } from '../test/first-installation.ts'

const root = process.getuid?.() === 0
const nothing = { log: () => undefined }

test('nothing starts in a folder without an installation, or without its trust root', async () => {
  using folder = temporaryFolder()
  await expect(startInstallation(folder.path, nothing)).rejects.toMatchObject({ code: 'config-missing' })
  writeFileSync(join(folder.path, 'chaperone.json'), '{"organisation": "sample"}')
  await expect(startInstallation(folder.path, nothing)).rejects.toMatchObject({ code: 'not-initialised' })
})

describe('an installation', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let ports: { readonly app: number; readonly desk: number }

  beforeAll(async () => {
    folder = temporaryFolder()
    const config = await configOnFreePorts()
    const made = await initialise({ ...firstInstallation(folder.path), config })
    expect(made).toMatchObject({ ok: true })
    const { app, desk } = config
    ports = { app: app.listen.port, desk: desk.listen.port }
  })
  afterAll(() => folder[Symbol.dispose]())

  test('a port that is taken is named, and nothing is left running', async () => {
    const other = createServer().listen(ports.desk, '127.0.0.1')
    await once(other, 'listening')
    try {
      const started = startInstallation(folder.path, nothing)
      await expect(started).rejects.toMatchObject({
        code: 'port-in-use',
        message: expect.stringContaining(`port ${ports.desk} on 127.0.0.1, wanted by the desk (desk.listen)`),
      })
    } finally {
      other.close()
    }
    expect(processesNaming(folder.path)).toEqual([])
  })

  test('starts, tightens its folders, keeps a second start away, starts again what is killed, and stops', async () => {
    const places = placesOf(folder.path)
    chmodSync(places.signer, 0o777)
    const running = await startInstallation(folder.path, nothing)
    try {
      expect((statSync(places.signer).mode & 0o777).toString(8)).toBe('700')
      expect(running.isolated).toBe(root)
      const { signer, gateway, desk } = running.pids()
      const owners = [signer, gateway, desk].map(uidOf)
      expect(new Set(owners).size).toBe(root ? 3 : 1)
      if (root) expect(owners).not.toContain(0)
      await expect(startInstallation(folder.path, nothing)).rejects.toMatchObject({
        code: 'installation-in-use',
      })
      process.kill(gateway ?? 0, 'SIGKILL')
      await expect.poll(() => running.pids().gateway, { timeout: 10_000 }).not.toBe(gateway)
      await expect.poll(healthAnswers('127.0.0.1', ports.app, false), { timeout: 20_000 }).toBe(true)
    } finally {
      await running.stop()
    }
    expect(processesNaming(folder.path)).toEqual([])
  })

  test('ends what a killed supervisor left behind, and starts', async () => {
    const supervisor = await supervisorIn(folder.path)
    supervisor.kill('SIGKILL')
    await once(supervisor, 'exit')
    expect(processesNaming(folder.path).length).toBeGreaterThan(0)
    const said: string[] = []
    const running = await startInstallation(folder.path, { log: (_, line) => said.push(line) })
    await running.stop()
    expect(said.some((line) => line.includes('that an earlier start left behind'))).toBe(true)
    expect(processesNaming(folder.path)).toEqual([])
  })
})

/** A process that starts the installation and stays. */
async function supervisorIn(folder: string) {
  const from = JSON.stringify(join(import.meta.dirname, 'start-installation.ts'))
  const script = `const { startInstallation } = await import(${from})
    await startInstallation(${JSON.stringify(folder)}, { log: () => {} })
    console.log('started')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

function uidOf(pid: number | undefined): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** Our processes and the database's: those that name the folder on their command line, but for this one. */
function processesNaming(folder: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  return pids.map(commandOf).filter((command) => command.includes(`${folder}/`))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it is gone
  }
}
