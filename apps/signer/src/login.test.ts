import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { utf8 } from '@chaperone/encoding'
import { generateKey } from '@chaperone/node-crypto'
import { startSshd, type SshTarget } from '@chaperone/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inAgent, inFile, inToken, noToken, type TestCaKey } from '../test/ca-keys.ts'
import { gateway, type Gateway } from '../test/gateway.ts'
import { ssh } from '../test/ssh.ts'
import type { CaKey } from './certificate.ts'

const ca = inFile('ssh-ed25519')
let target: SshTarget
/** Another machine that takes the same certificates, and has the same name for its account. */
let imposter: SshTarget

beforeAll(async () => {
  target = await startSshd({ targetId: 'web-1', ca: [ca.key.blob] })
  imposter = await startSshd({ targetId: 'web-1', ca: [ca.key.blob] })
})
afterAll(async () => {
  await target.stop()
  await imposter.stop()
  await ca[Symbol.asyncDispose]()
})

const step = utf8('printf %s "$((6 * 7))"\n')

let orders = 0

/** A certificate for one step on `at`, behind its agent; an order of its own, since targets run nothing twice. */
async function issued(it: Gateway, at: SshTarget) {
  const order = `wo-${String(++orders).padStart(8, '0')}`
  const work = it.work({ account: at.account, bytes: [step], order: { order, rollbackSteps: 0 } })
  const answer = await it.ask(work, 1)
  if (!answer.ok) throw new Error(answer.error.code)
  const agent = String(answer.value['agent'])
  const visit = { port: at.port, account: at.account, hostKey: at.hostKeys[0]!, input: step } // every sshd has one
  return {
    run: work.run(1),
    serial: String(answer.value['serial']),
    visit: { ...visit, agent, command: 'x' },
  }
}

function beside(at: SshTarget, key: CaKey, sourceAddress: string | null = null): Gateway {
  const rosterTarget = { accounts: [at.account], sourceAddress }
  return gateway({
    ca: key,
    hostKey: { blob: at.hostKeys[0]! },
    target: rosterTarget,
    agents: true,
    today: true,
  })
}

function output(end: Awaited<ReturnType<typeof ssh>>): string {
  const pieces = end.records.map((record) => (record.kind === 'output' ? record.bytes : new Uint8Array()))
  return Buffer.concat(pieces).toString('utf8')
}

test('another command over the certificate runs the step that was allowed, once', async () => {
  using it = beside(target, ca.key, '127.0.0.1/32')
  const { visit, run, serial } = await issued(it, target)
  const evil = join(target.home, 'evil')
  const first = await ssh({ ...visit, command: `touch ${evil}` })
  expect(first.records).toContainEqual(expect.objectContaining({ kind: 'start', run }))
  expect([output(first), first.exit]).toEqual(['42', 0])
  expect(existsSync(evil)).toBe(false)
  expect(await target.log()).toContain(`ID chaperone:${run} (serial ${serial}) CA ED25519`)
  const second = await ssh(visit)
  expect([second.exit, second.records]).toEqual([255, []])
  expect(second.words).toContain('Permission denied')
})

test('another machine’s host key is refused, and the login is still there for the right one', async () => {
  using it = beside(target, ca.key)
  const { visit } = await issued(it, target)
  const astray = await ssh({ ...visit, port: imposter.port, hostKey: imposter.hostKeys[0]! })
  expect([astray.exit, astray.records]).toEqual([255, []])
  expect(astray.words).toContain('Permission denied')
  expect(output(await ssh(visit))).toBe('42')
})

test('an agent that was closed lets nobody in any more', async () => {
  using it = beside(target, ca.key)
  const { visit, run } = await issued(it, target)
  expect(it.signer.close(run)).toEqual({ ok: true, value: { run } })
  expect((await ssh(visit)).exit).toBe(255)
  expect(existsSync(visit.agent)).toBe(false)
  expect(it.signer.close(run)).toMatchObject({ ok: true })
})

test('a run that was closed gets no certificate, whatever is still on its way', async () => {
  using it = beside(target, ca.key)
  const work = it.work({
    account: target.account,
    bytes: [step],
    order: { order: 'wo-00000001', rollbackSteps: 0 },
  })
  it.signer.close(work.run(1))
  expect(await it.ask(work, 1)).toMatchObject({ ok: false, error: { code: 'run-closed' } })
  using other = beside(target, ca.key)
  const late = other.work({
    account: target.account,
    bytes: [step],
    order: { order: 'wo-00000001', rollbackSteps: 0 },
  })
  const asking = other.ask(late, 1)
  other.signer.close(late.run(1))
  expect(await asking).toMatchObject({ ok: false, error: { code: 'run-closed' } })
  expect(existsSync(join(other.journalPath, '..', 'agent1'))).toBe(false)
})

test('another account is refused, and the login is still there for the right one', async () => {
  using it = beside(target, ca.key)
  const { visit } = await issued(it, target)
  const astray = await ssh({
    ...visit,
    account: imposter.account === target.account ? 'root' : imposter.account,
  })
  expect([astray.exit, astray.records]).toEqual([255, []])
  expect(output(await ssh(visit))).toBe('42')
})

test('a certificate from another address is refused', async () => {
  using it = beside(target, ca.key, '192.0.2.1')
  const { visit } = await issued(it, target)
  expect((await ssh(visit)).exit).toBe(255)
})

test('another authority’s certificate is refused', async () => {
  const { key } = generateKey()
  const stranger = { blob: key.blob, sign: (message: Uint8Array) => Promise.resolve(key.signSsh(message)) }
  using it = beside(target, stranger)
  const { visit } = await issued(it, target)
  expect((await ssh(visit)).exit).toBe(255)
})

const places: readonly (readonly [
  where: string,
  make: () => TestCaKey | Promise<TestCaKey>,
  missing?: string | undefined,
])[] = [
  ['a P-256 key in a file', () => inFile('ecdsa-sha2-nistp256')],
  ['an Ed25519 key in an agent', () => inAgent('ed25519')],
  ['a P-256 key in an agent', () => inAgent('ecdsa')],
  ['a P-256 key in a PKCS#11 token', inToken, noToken()],
]

test.for(places)('sshd takes the certificates of %s', async ([, make, missing], { skip }) => {
  if (missing !== undefined) skip(missing)
  await using authority = await make()
  await using machine = await startSshd({ targetId: 'web-1', ca: [authority.key.blob] })
  using it = beside(machine, authority.key)
  const { visit } = await issued(it, machine)
  expect(output(await ssh(visit))).toBe('42')
})
