import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { InvariantError, toHex, utf8 } from '@chaperone/encoding'
import { nodeCrypto } from '@chaperone/node-crypto'
import { generatedScript, targetFactsFile } from '../generate.ts'
import { forceCommand, type RunnerOrder } from './force-command.ts'
import { runnerScript, targetFactsScript } from './source.ts'

const digest = toHex(nodeCrypto.sha256(utf8('id')))
const order: RunnerOrder = {
  run: 'ab'.repeat(16),
  bytes: { length: 2, sha256: digest },
  files: [],
  notAfter: 4_000_000_000,
  maxSeconds: 5,
  silenceSeconds: 5,
}

test('source.ts is what the scripts make; if not: node packages/runner/generate.ts', () => {
  expect(runnerScript).toBe(generatedScript())
  expect(targetFactsScript).toBe(targetFactsFile())
})

test('it is one line of printable ASCII, far below what sshd takes, with the most files', () => {
  const file = { mode: '0755', length: 8 * 1024 * 1024, sha256: digest }
  const command = forceCommand({ ...order, files: Array.from({ length: 16 }, () => file) })
  expect(command).toMatch(/^[\x20-\x7e]+$/)
  expect(command.length).toBeLessThan(32 * 1024)
})

test('only narrow words stand outside the quotes', () => {
  const [before, quoted, after] = forceCommand({ ...order, files: [{ mode: '0600', ...order.bytes }] }).split(
    "'",
  )
  expect(before).toBe('exec /usr/bin/env -i /bin/bash --noprofile --norc -c ')
  expect(quoted).toMatch(/^eval "\$\(printf %s [A-Za-z0-9+/=]+ \| \/usr\/bin\/base64 -d\)"$/)
  expect(after).toMatch(/^ chaperone [0-9a-f ]+$/)
})

test.for<[string, Partial<RunnerOrder>]>([
  ['a run id', { run: '$(id)' }],
  ['a digest', { bytes: { length: 2, sha256: 'x; id' } }],
  ['a length', { bytes: { length: -1, sha256: digest } }],
  ['a fraction', { maxSeconds: 1.5 }],
  ['a time', { notAfter: Number.NaN }],
  ['a mode', { files: [{ mode: '4755', length: 2, sha256: digest }] }],
])('%s that is none is a bug', ([, change]) => {
  expect(() => forceCommand({ ...order, ...change })).toThrow(InvariantError)
})

test('perl and bash find nothing to complain about', () => {
  const perl = spawnSync('perl', ['-wc', new URL('supervise.pl', import.meta.url).pathname], {
    encoding: 'utf8',
  })
  expect(perl.error === undefined ? perl.stderr.trim() : 'no perl').toMatch(/syntax OK$|^no perl$/)
  expect(spawnSync('bash', ['-n'], { input: runnerScript, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
})

/** Runs it here, with this as all that it ever receives. */
function runHere(input: string, change: Partial<RunnerOrder> = {}) {
  const run = randomBytes(16).toString('hex')
  const command = forceCommand({ ...order, ...change, run })
  const { stdout } = spawnSync('/bin/sh', ['-c', command], { input, encoding: 'utf8' })
  rmSync(`/var/tmp/chaperone-ran-${process.getuid?.()}/${run}`, { recursive: true, force: true })
  return stdout
}

test('a connection that ends early lets nothing run', () => {
  expect(runHere('i')).toBe('chaperone-runner 1\nnot-started truncated\n')
  expect(runHere('')).toBe('chaperone-runner 1\nnot-started truncated\n')
  const files = [{ mode: '0600', length: 3, sha256: digest }]
  expect(runHere('idab', { files })).toBe('chaperone-runner 1\nnot-started truncated\n')
})

test('bytes that come after the time let nothing run', async () => {
  const run = randomBytes(16).toString('hex')
  const notAfter = Math.floor(Date.now() / 1000) + 1
  const shell = spawn('/bin/sh', ['-c', forceCommand({ ...order, run, notAfter })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  shell.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const closed = once(shell, 'close')
  while (Date.now() / 1000 < notAfter) await sleep(20)
  shell.stdin.end('id')
  await closed
  expect(said).toBe('chaperone-runner 1\nnot-started too-late\n')
})

test('bytes that follow the step are words of the lifeline, not of the step', () => {
  const sleep = 'sleep 1000'
  const bytes = { length: sleep.length, sha256: toHex(nodeCrypto.sha256(utf8(sleep))) }
  expect(runHere(`${sleep}H\nH\nK\n`, { bytes })).toMatch(/end killed asked (un)?confirmed\n$/)
  expect(runHere(`${sleep}kill\n`, { bytes })).toMatch(/end killed lifeline (un)?confirmed\n$/)
})
