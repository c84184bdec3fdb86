import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExecutionRequest } from '@chaperone/usecases'
import {
  observeRun,
  prepareRun,
  sshFixture,
  testAuthority,
  type SshFixture,
  type TestStep,
} from '@chaperone/testkit'
import { sshExecutor } from './ssh-executor.ts'

const isRoot = process.getuid?.() === 0
// Faster than OpenSSH's own choice; what is tested is not the key exchange.
const executor = sshExecutor({ kexAlgorithms: 'curve25519-sha256' })

let fixture: SshFixture
beforeAll(async () => {
  fixture = await sshFixture(executor)
})
afterAll(() => fixture[Symbol.asyncDispose]())

describe('refused by the runner, with nothing run', () => {
  const mark = 'echo ran >>ran'
  test.for<[string, TestStep, (request: ExecutionRequest) => ExecutionRequest]>([
    ['too-late', { bytes: mark, notAfter: 1_000_000_000 }, (request) => request],
    ['hash-mismatch', { bytes: mark }, (request) => ({ ...request, parts: [Buffer.from('echo RAN >>ran')] })],
    [
      'hash-mismatch',
      { bytes: mark, files: [{ mode: '0600', bytes: Buffer.from('ab') }] },
      (request) => ({ ...request, parts: [request.parts[0] ?? new Uint8Array(), Buffer.from('ba')] }),
    ],
  ])('%s', async ([reason, step, change]) => {
    const { outcome, seen } = await fixture.runOn(fixture.target, step, change)
    expect(outcome).toEqual({ result: 'not-started', reason })
    expect([seen.starts, seen.pieces]).toEqual([[], []])
    expect(existsSync(join(fixture.target.home, 'ran'))).toBe(false)
  })

  test('a run id that was used, by whatever certificate', async () => {
    const runId = randomBytes(16).toString('hex')
    expect((await fixture.runOn(fixture.target, { bytes: 'exit 7', runId })).outcome).toMatchObject({
      exit: 7,
    })
    const again = await fixture.runOn(fixture.target, { bytes: mark, runId })
    expect(again.outcome).toEqual({ result: 'not-started', reason: 'already-ran' })
  })

  test.skipIf(!isRoot)('cannot-mark: somebody else has the folder of markers', async () => {
    await using other = await fixture.start()
    const marks = `/var/tmp/chaperone-ran-${other.uid}`
    await rm(marks, { recursive: true, force: true })
    await mkdir(marks, { mode: 0o777 })
    const { outcome } = await fixture.runOn(other, { bytes: mark })
    expect(outcome).toEqual({ result: 'not-started', reason: 'cannot-mark' })
    expect(existsSync(join(other.home, 'ran'))).toBe(false)
  })

  test.skipIf(!isRoot)('no-space: a full disk', async () => {
    const folder = await mkdtemp('/var/tmp/chaperone-full-')
    try {
      const mounts =
        'mount -t tmpfs -o size=4k,mode=1777 tmpfs /tmp; head -c 100000 /dev/zero >/tmp/full || true'
      await using full = await fixture.start({
        folder,
        mounts,
        account: `chaperone-full-${randomBytes(3).toString('hex')}`,
      })
      const { outcome } = await fixture.runOn(full, { bytes: mark })
      expect(outcome).toEqual({ result: 'not-started', reason: 'no-space' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('login', () => {
  test('a certificate for another target is refused', async () => {
    await using other = await fixture.start({ targetId: 'web-2' })
    const elsewhere = await prepareRun(other, fixture.authority, { bytes: 'id' })
    const here = {
      ...elsewhere,
      account: fixture.target.account,
      port: fixture.target.port,
      targetId: 'web-1',
      hostKeys: fixture.target.hostKeys,
    }
    const outcome = await executor.run(here, observeRun(), new AbortController().signal)
    expect(outcome).toEqual({ result: 'not-started', reason: 'login-refused' })
  })

  test('a host key vouched for by its authority is taken, one by another is not', async () => {
    await using certified = await fixture.start({ hostAuthority: fixture.authority.file })
    await using hostile = await testAuthority()
    const by = (blob: Uint8Array) => (request: ExecutionRequest) => ({
      ...request,
      hostKeys: [],
      hostAuthorities: [blob],
    })
    expect(
      (await fixture.runOn(certified, { bytes: 'exit 6' }, by(fixture.authority.blob))).outcome,
    ).toMatchObject({
      exit: 6,
    })
    const refused = { result: 'not-started', reason: 'host-key-refused' }
    expect((await fixture.runOn(certified, { bytes: 'exit 6' }, by(hostile.blob))).outcome).toEqual(refused)
  })

  test('one pinned key of several is enough', async () => {
    await using several = await fixture.start({ hostKeyTypes: ['ed25519', 'ecdsa'] })
    const second = (request: ExecutionRequest) => ({ ...request, hostKeys: request.hostKeys.slice(1) })
    expect((await fixture.runOn(several, { bytes: 'exit 6' }, second)).outcome).toMatchObject({ exit: 6 })
  })

  test('a missing agent is a refused login', async () => {
    const { outcome } = await fixture.runOn(fixture.target, { bytes: 'id' }, (request) => ({
      ...request,
      agentSocket: '/nowhere',
    }))
    expect(outcome).toEqual({ result: 'not-started', reason: 'login-refused' })
  })
})
