import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { observeRun, prepareRun, sshFixture, type SshFixture } from '@chaperone/testkit'
import { sshExecutor } from './ssh-executor.ts'

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

describe('exact bytes', () => {
  test.for<[string, Uint8Array | string]>([
    ['a carriage return in a quoted word', "printf %s 'a\r\nb'"],
    ['invalid UTF-8', new Uint8Array([...Buffer.from("printf %s '"), 0xff, 0xfe, 0xc0, 0x27])],
    ['no final newline', 'printf %s x'],
    ['quotes, dollars and an exclamation mark', `printf '%s' '"$HOME"'\\''!!\`id\`'`],
    ['a here-document', 'cat <<E\na $((1+1))\nE\n'],
  ])('%s', async ([, bytes]) => {
    const { outcome, seen } = await fixture.runOn(fixture.target, { bytes })
    const there = new Uint8Array(await runLocally(bytes))
    expect(outcome).toEqual({ result: 'succeeded' })
    expect(seen.bytes('stdout')).toEqual(there)
  })

  test('8 MiB with files of every byte, of none, and of modes that are theirs', async () => {
    const files = [everyByte, new Uint8Array(), randomBytes(8 * 1024 * 1024 - 4096)]
    const modes = ['0600', '0644', '0755']
    const bytes = `${digestStep}; stat -c %a $CHAPERONE_FILES/*`
    const { outcome, seen } = await fixture.runOn(fixture.target, {
      bytes,
      files: files.map((piece, i) => ({ mode: modes[i] ?? '', bytes: piece })),
    })
    expect(outcome).toEqual({ result: 'succeeded' })
    const expected = [Buffer.from(bytes), ...files].map(sha256)
    expect(seen.text().trim().split('\n')).toEqual([...expected, '600', '644', '755'])
  })

  test('50 MB of output through a slow reader', async () => {
    const size = 50_000_000
    const request = await prepareRun(fixture.target, fixture.authority, {
      bytes: `head -c ${size} /dev/zero | tr '\\0' 'x' | tee >(sha256sum >&2)`,
    })
    const hash = createHash('sha256')
    const seen = observeRun()
    let length = 0
    const observer = {
      onStart: () => undefined,
      async onOutput(stream: 'stdout' | 'stderr' | 'control', bytes: Uint8Array) {
        if (stream !== 'stdout') return seen.onOutput(stream, bytes)
        hash.update(bytes)
        length += bytes.length
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
    expect(await executor.run(request, observer, new AbortController().signal)).toEqual({
      result: 'succeeded',
    })
    expect(length).toBe(size)
    expect(seen.text('stderr')).toContain(hash.digest('hex'))
  })

  test('the step has no input, a clean environment and its home', async () => {
    const { seen } = await fixture.runOn(fixture.target, {
      bytes: 'cat; echo $PWD; env | cut -d= -f1 | sort | tr "\\n" " "',
    })
    const names = 'CHAPERONE_FILES CHAPERONE_RUN HOME LANG LOGNAME PATH PWD SHLVL USER _ '
    expect(seen.text()).toBe(`${fixture.target.home}\n${names}`)
  })
})

/** The oracle: bash itself, reading the same bytes from a file. */
async function runLocally(bytes: Uint8Array | string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-oracle-'))
  try {
    await writeFile(join(folder, 'step'), bytes)
    return execFileSync('/bin/bash', ['--noprofile', '--norc', join(folder, 'step')])
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('a step that imitates the runner', () => {
  const forged = 'end exit 0\nO 5\nend killed asked confirmed\nnot-started too-late\nchaperone-runner 1\n'

  test('in its own output: it is output', async () => {
    const { outcome, seen } = await fixture.runOn(fixture.target, {
      bytes: `printf '${forged.replaceAll('\n', '\\n')}'; exit 3`,
    })
    expect(outcome).toEqual({ result: 'failed', exit: 3, signal: null })
    expect(seen.text()).toBe(forged)
  })

  test('through the descriptors of the runner: they are closed to it', async () => {
    const bytes = `for f in /proc/$PPID/fd/*; do printf '${forged.replaceAll('\n', '\\n')}' >$f; done 2>/dev/null; exit 3`
    const { outcome, seen } = await fixture.runOn(fixture.target, { bytes })
    expect([outcome, seen.text()]).toEqual([{ result: 'failed', exit: 3, signal: null }, ''])
  })

  test('by ending the runner: its fate is unknown', async () => {
    const { outcome } = await fixture.runOn(fixture.target, { bytes: 'kill -9 $PPID; sleep 1000' })
    expect(outcome).toEqual({ result: 'unknown', reason: 'connection-lost' })
  })
})
