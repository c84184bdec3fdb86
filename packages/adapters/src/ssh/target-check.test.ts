import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { toBase64 } from '@chaperone/encoding'
import { judgeTarget, parseTargetFacts, targetFactsScript, type TargetFinding } from '@chaperone/runner'
import { startSshd, testAuthority, type SshTarget } from '@chaperone/testkit'
import { checkTarget } from './target-check.ts'

const failing = (findings: readonly TargetFinding[]) =>
  findings.filter(({ ok }) => !ok).map(({ check }) => check)

const asRoot = test.skipIf(process.getuid?.() !== 0)

async function findingsOn(target: SshTarget, authority: Uint8Array) {
  const words = ['-s', '--', target.account, '127.0.0.1', target.config]
  // By the account that this sshd runs as: it owns the host keys, and sshd asks nothing of the machine then.
  const { uid } = target
  const facts = parseTargetFacts(
    execFileSync('sh', words, { input: targetFactsScript, uid, gid: uid, cwd: '/' }),
  )
  if (!facts.ok) throw new Error(JSON.stringify(facts.error))
  return judgeTarget(facts.value, {
    target: target.targetId,
    account: target.account,
    hostKeys: target.hostKeys.map(toBase64),
    authority: toBase64(authority),
    now: Math.floor(Date.now() / 1000),
  })
}

asRoot('what the script finds on a target of the tests', async () => {
  await using authority = await testAuthority()
  await using target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  // Its folder is below /tmp and the account owns its home: both are said.
  expect(failing(await findingsOn(target, authority.blob))).toEqual(['sshd-strictmodes', 'home-folder'])
})

asRoot('what the script finds on a target that is not as it should be', async () => {
  await using authority = await testAuthority()
  await using stranger = await testAuthority()
  await using target = await startSshd({
    targetId: 'web-1',
    ca: [authority.blob, stranger.blob],
    shell: '/usr/sbin/nologin',
    forceCommand: '/bin/true',
    settings: ['PermitUserEnvironment yes'],
  })
  expect(failing(await findingsOn({ ...target, targetId: 'web-2' }, authority.blob))).toEqual([
    'authority-alone',
    'principals',
    'sshd-forcecommand',
    'sshd-permituserenvironment',
    'sshd-strictmodes',
    'login-shell',
    'home-folder',
  ])
})

test('what is seen from here', async () => {
  await using authority = await testAuthority()
  await using target = await startSshd({ targetId: 'web-1', ca: [authority.blob] })
  const { address, port } = target
  const hostKeys = target.hostKeys.map(toBase64)
  expect(failing(await checkTarget({ address, port, hostKeys }))).toEqual([])
  const others = [toBase64(authority.blob)]
  expect(failing(await checkTarget({ address, port, hostKeys: others }))).toEqual(['host-keys'])
  await target.stop()
  expect(failing(await checkTarget({ address, port, hostKeys }))).toEqual(['reachable'])
})

test('a server that is no SSH server', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const bound = server.address()
  const port = bound === null || typeof bound === 'string' ? 0 : bound.port
  expect(failing(await checkTarget({ address: '127.0.0.1', port, hostKeys: [] }))).toEqual(['reachable'])
  server.close()
})
