import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  isRunning,
  observeRun,
  prepareRun,
  sshFixture,
  type SshFixture,
  type SshTarget,
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

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
const digestStep = 'for f in /dev/fd/9 $CHAPERONE_FILES/*; do sha256sum <$f; done | cut -c1-64'

describe.skipIf(!isRoot)('login shells, which only root can choose here', () => {
  test.for(['/bin/bash', '/bin/dash', '/usr/bin/fish', '/bin/tcsh'])('%s', async (shell, { skip }) => {
    if (!existsSync(shell)) skip(`${shell} is not installed`)
    await using other = await fixture.start({ shell })
    const { outcome, seen } = await fixture.runOn(other, {
      bytes: `printf '%s' "$0 $BASH_VERSION" >&2; printf '\\0\\xff'; exit 9`,
    })
    expect(outcome).toEqual({ result: 'failed', exit: 9, signal: null })
    expect(seen.bytes('stdout')).toEqual(new Uint8Array([0, 255]))
    expect(seen.text('stderr')).toMatch(/^\/dev\/fd\/9 \d/)
  })

  test('an account that may not log in', async () => {
    await using other = await fixture.start({ shell: '/usr/sbin/nologin' })
    expect((await fixture.runOn(other, { bytes: 'id' })).outcome).toEqual({
      result: 'unknown',
      reason: 'start-line-missing',
    })
  })
})

describe('a target that runs something else', () => {
  test('its own ForceCommand is noticed and receives nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chaperone-forced-'))
    try {
      await using other = await fixture.start({ forceCommand: `timeout 0.5 cat >${folder}/got; echo done` })
      if (isRoot) await chown(folder, other.uid, 0)
      const { outcome } = await fixture.runOn(other, { bytes: 'echo secret' })
      expect(outcome).toEqual({ result: 'unknown', reason: 'start-line-missing' })
      expect(await readFile(join(folder, 'got'), 'utf8')).toBe('')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test.for([
    ['says something else', 'echo hello', 'start-line-missing'],
    ['says nothing', 'true', 'start-line-missing'],
    [
      'greets like the runner and goes on otherwise',
      'echo "chaperone-runner 1"; echo done',
      'start-line-missing',
    ],
    [
      'names another run',
      `echo "chaperone-runner 1"; echo "start ${'0'.repeat(32)} ${'0'.repeat(64)} 1 perl"`,
      'start-line-missing',
    ],
    ['fails as a lost connection does', 'exit 255', 'connection-lost'],
  ])('%s', async ([, forceCommand, reason]) => {
    await using other = await fixture.start({ forceCommand: forceCommand ?? '' })
    expect((await fixture.runOn(other, { bytes: 'id' })).outcome).toEqual({ result: 'unknown', reason })
  })

  test.skipIf(!isRoot)('a start file of the account changes nothing that runs, or is noticed', async () => {
    await using other = await fixture.start()
    const rc = join(other.home, '.bashrc')
    await writeFile(rc, 'id() { echo forged; }; alias echo=false; export BASH_ENV=/nowhere; IFS=o; set -e\n')
    const quiet = await fixture.runOn(other, { bytes: 'id -u; echo "${BASH_ENV-none}"' })
    expect([quiet.outcome, quiet.seen.text()]).toEqual([{ result: 'succeeded' }, `${other.uid}\nnone\n`])
    await writeFile(rc, 'echo welcome\n')
    const noisy = await fixture.runOn(other, { bytes: 'echo ran >>ran' })
    expect(noisy.outcome).toEqual({ result: 'unknown', reason: 'start-line-missing' })
    expect(existsSync(join(other.home, 'ran'))).toBe(false)
  })
})

describe.skipIf(!isRoot)('a target without perl, which only root can make here', () => {
  let bare: SshTarget
  beforeAll(async () => {
    bare = await fixture.start({ mounts: 'mount --bind /bin/false /usr/bin/perl' })
  })
  afterAll(() => bare.stop())

  test('bytes, streams and exit status are exact', async () => {
    const bytes = `${digestStep}; cat $CHAPERONE_FILES/f1 >&2; exit 200`
    const files = [everyByte, randomBytes(300_000)].map((piece) => ({ mode: '0600', bytes: piece }))
    const { outcome, seen } = await fixture.runOn(bare, { bytes, files })
    expect(outcome).toEqual({ result: 'failed', exit: 200, signal: null })
    expect(seen.text().trim().split('\n')).toEqual(
      [Buffer.from(bytes), ...files.map((file) => file.bytes)].map(sha256),
    )
    expect(seen.bytes('stderr')).toEqual(everyByte)
  })

  test('large output is whole', async () => {
    const { outcome, seen } = await fixture.runOn(bare, {
      bytes: 'head -c 3000000 /dev/urandom | tee >(sha256sum >&2)',
    })
    expect(outcome).toEqual({ result: 'succeeded' })
    expect(seen.text('stderr').slice(0, 64)).toBe(sha256(seen.bytes('stdout')))
  })

  test('a kill ends what it finds and is never called confirmed', async () => {
    const bytes = `trap '' TERM; nohup sleep 1000 >/dev/null 2>&1 & echo $!; setsid sh -c 'echo $$; exec sleep 1000' & echo $$; wait`
    const seen = observeRun()
    const kill = new AbortController()
    const running = executor.run(await prepareRun(bare, fixture.authority, { bytes }), seen, kill.signal)
    while (seen.text().trim().split('\n').length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    kill.abort()
    expect(await running).toEqual({ result: 'killed', reason: 'asked', confirmed: false, survivors: 0 })
    const pids = seen.text().trim().split('\n').map(Number)
    expect(await Promise.all(pids.map(isRunning))).toEqual([false, false, false])
  })

  test('the deadline is its own', async () => {
    const { outcome } = await fixture.runOn(bare, { bytes: 'sleep 1000', maxSeconds: 1 })
    expect(outcome).toEqual({ result: 'killed', reason: 'deadline', confirmed: false, survivors: 0 })
  })

  test('what is left is ended and named', async () => {
    const { outcome, seen } = await fixture.runOn(bare, { bytes: 'setsid sleep 1000 & exit 3' })
    expect(outcome).toEqual({ result: 'failed', exit: 3, signal: null })
    expect(seen.text('control')).toMatch(/^left running and ended: \d+\n$/)
  })
})
