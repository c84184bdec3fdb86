import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allEnded, isRunning } from './processes.ts'
import { startSshd } from './start-sshd.ts'
import { testAuthority } from './test-certificate.ts'

const asRoot = test.skipIf(process.getuid?.() !== 0)

/** The plain client, as somebody would type it. */
function login(port: number, identity: string, account: string) {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'BatchMode=yes',
    'LogLevel=ERROR',
  ]
  const words = [
    '-F',
    'none',
    '-i',
    identity,
    '-p',
    String(port),
    ...options.flatMap((option) => ['-o', option]),
  ]
  return spawn('ssh', [...words, `${account}@127.0.0.1`, 'x'], { stdio: ['pipe', 'pipe', 'ignore'] })
}

test('a certificate for its principal logs in, and its log says so', async () => {
  await using authority = await testAuthority()
  await using target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  const agent = await authority.agentFor({ principal: target.principal, forceCommand: 'id -u' })
  const client = login(target.port, agent.identity, target.account)
  const said = once(client.stdout, 'data') as Promise<[Buffer]>
  expect((await said)[0].toString().trim()).toBe(String(target.uid))
  await once(client, 'close')
  expect(await target.log()).toMatch(/Accepted publickey for .* ID test \(serial 0\) CA ED25519 SHA256:/)
})

test('its end ends what runs there', async () => {
  await using authority = await testAuthority()
  const target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  const agent = await authority.agentFor({ principal: target.principal, forceCommand: 'echo $$; exec cat' })
  const client = login(target.port, agent.identity, target.account)
  const [said] = (await once(client.stdout, 'data')) as [Buffer]
  const pid = Number(said.toString())
  expect(await isRunning(pid)).toBe(true)
  const closed = once(client, 'close')
  await target.stop()
  await Promise.all([closed, allEnded([pid, target.pid])])
  expect(existsSync(target.folder)).toBe(false)
})

asRoot('a passing account goes with it', async () => {
  await using authority = await testAuthority()
  const target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  expect((await stat(target.home)).uid).toBe(target.uid)
  await target.stop()
  expect(() => execFileSync('getent', ['passwd', target.account])).toThrow()
})

test('a folder that is kept has the same host keys and content the next time', async () => {
  await using authority = await testAuthority()
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-kept-'))
  try {
    const options = {
      targetId: 'web-1',
      ca: [authority.blob],
      folder,
      hostKeyTypes: ['ed25519', 'ecdsa'] as const,
    }
    const first = await startSshd(options)
    await writeFile(join(folder, 'home', 'note'), 'kept')
    await first.stop()
    await using second = await startSshd({ ...options, port: first.port })
    expect(second.hostKeys).toEqual(first.hostKeys)
    expect(existsSync(join(folder, 'home', 'note'))).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a port that is taken is said', async () => {
  await using authority = await testAuthority()
  await using target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  const again = startSshd({ targetId: 'web-2', ca: [authority.blob], port: target.port })
  await expect(again).rejects.toThrow('Address already in use')
})
